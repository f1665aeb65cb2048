import { clock, number } from '../../common/format.ts';
import type { RerunRequest } from '../../host/api/api.ts';
import type { BatchStatusName } from '../../common/status.ts';
import type { StatusCounts } from './counted.ts';
import type { Selection } from './selection.ts';

/** A re-run that the selection offers: of all that is chosen, or only of what did not succeed. */
export interface Offer {
  readonly button: string;
  readonly request: RerunRequest;
  /** What is re-run, in the dialog. */
  readonly what: string;
}

/** Those of a selection that a re-run is usually meant for. Running and waiting ones are on their way. */
const TO_REPAIR = ['failed', 'cancelled'] as const satisfies readonly BatchStatusName[];
const WORDS: readonly (readonly [BatchStatusName, string])[] = [
  ['succeeded', 'done'],
  ['failed', 'failed'],
  ['setAside', 'set aside'],
  ['cancelled', 'cancelled'],
  ['retrying', 'retrying'],
  ['running', 'running'],
  ['waiting', 'waiting'],
];

/** What is chosen, and what of it: `33,348 chosen: 33,314 done, 34 failed`. As it was counted when it was selected. */
export function selectionText(selection: Selection, now: StatusCounts): string {
  const { count, text, where, counted } = selection;
  const counts = counted?.places?.counts ?? now;
  const parts = partsOf(counts);
  if (!where.ranges || parts.length === 0) return text;
  const [only] = parts;
  if (only && parts.length === 1) return `${text}, ${count === 1 ? '' : 'all '}${only[1]}`;
  return `${number(count)} chosen: ${partsText(counts)}`;
}

/**
 * Where they are, when they were counted, and what has changed since: `83,204 to 116,551 · counted 14:02:31, 8 done since`.
 * @param since How many have got each status since they were counted
 */
export function countedText({ where, counted, count, seen, why }: Selection, since: StatusCounts): string {
  const places = why ?? (where.ranges && count > 1 ? rangesOf(where.ranges) : '');
  const changed = partsText(since);
  const more = seen !== undefined && seen < count ? `+${number(count - seen)} since you looked` : '';
  const when = counted ? `counted ${clock(counted.at)}` : '';
  return [places, [when, changed && `${changed} since`, more].filter(part => part !== '').join(', ')]
    .filter(part => part !== '')
    .join(' · ');
}

const MOST_RANGES = 3;

function rangesOf(ranges: NonNullable<Selection['where']['ranges']>): string {
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(([from, to]) => (from === to ? number(from) : `${number(from)} to ${number(to)}`))
    .join(', ');
  const rest = ranges.length - MOST_RANGES;
  return rest > 0 ? `${shown} and ${number(rest)} more places` : shown;
}

function partsOf(counts: StatusCounts): readonly (readonly [BatchStatusName, string])[] {
  return WORDS.filter(([status]) => counts[status] > 0);
}

function partsText(counts: StatusCounts): string {
  return partsOf(counts)
    .map(([status, word]) => `${number(counts[status])} ${word}`)
    .join(', ');
}

/**
 * The re-runs that a selection offers, the likeliest first. Who drags over a hundred thousand batches to reach the few
 * that failed among them does not mean to repeat all: these come first, and all of them only by a button of its own.
 */
export function offersOf(selection: Selection, counts: StatusCounts): readonly Offer[] {
  const { path, where, count, text, seen = count } = selection;
  const what = seen < count ? `${text}, and ${number(count - seen)} more since` : text;
  const all: Offer = { button: `Re-run ${number(count)}`, request: { node: path, select: where }, what };
  if (!where.ranges) return [all];
  const statuses = TO_REPAIR.filter(status => counts[status] > 0);
  const some = statuses.reduce((sum, status) => sum + counts[status], 0);
  if (some === 0 || some === count) return [all];
  const words = `the ${number(some)} ${statuses.join(' and ')}`;
  return [
    {
      button: `Re-run ${words}`,
      request: { node: path, select: { ...where, statuses } },
      what: `${words} of the ${number(count)} selected batches`,
    },
    { ...all, button: `Re-run all ${number(count)}…` },
  ];
}
