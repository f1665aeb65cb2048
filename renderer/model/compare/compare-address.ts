import { oneOf, whole } from '../query-values.ts';

/* What *Compare* shows, and how an address says it. */

export const COMPARE_MODES = ['attempts', 'runs'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

export const AGAINST = ['before', 'first'] as const;

/** What two runs are shown to differ in: `result` is all but the time. */
export const DIFFERENCES = ['result', 'state', 'output', 'items', 'slower', 'faster'] as const;
export type DifferenceShown = (typeof DIFFERENCES)[number];

export interface CompareShown {
  readonly mode: CompareMode;
  readonly against: (typeof AGAINST)[number];
  /** Also what is the same in all attempts. */
  readonly all: boolean;
  /** The other run; without it, the one before. */
  readonly other?: number | undefined;
  /** The batch node of both runs, by its path; without it, the first one. */
  readonly node?: string | undefined;
  readonly differs: DifferenceShown;
}

export const COMPARE_AT_FIRST: CompareShown = { mode: 'attempts', against: 'before', all: false, differs: 'result' };

export function noteCompare(
  note: (name: string, value: string | number | undefined, first?: string) => void,
  { mode, against, all, other, node, differs }: CompareShown,
): void {
  note('compare', mode, COMPARE_MODES[0]);
  note('against', against, AGAINST[0]);
  note('all', all ? 1 : undefined);
  note('with', other);
  note('compared', node);
  note('differs', differs, DIFFERENCES[0]);
}

export function compareOf(query: URLSearchParams): CompareShown {
  const node = query.get('compared') ?? '';
  const other = whole(query.get('with'));
  return {
    mode: oneOf(COMPARE_MODES, query.get('compare')),
    against: oneOf(AGAINST, query.get('against')),
    all: query.get('all') === '1',
    differs: oneOf(DIFFERENCES, query.get('differs')),
    ...(other !== undefined && { other }),
    ...(node !== '' && { node }),
  };
}
