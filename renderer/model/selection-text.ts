import { number } from '../../common/format.ts';
import type { RerunRequest } from '../../host/api/api.ts';
import type { BatchStatusName } from '../../common/status.ts';
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

/** What is chosen, and what of it: `33,348 chosen: 33,314 done, 34 failed`. */
export function selectionText(selection: Selection, counts: Readonly<Record<BatchStatusName, number>>): string {
  const { count, text, where, seen } = selection;
  if (seen !== undefined && seen < count) return `${text} (+${number(count - seen)} since you looked)`;
  const parts = WORDS.filter(([status]) => counts[status] > 0);
  if (!where.ranges || parts.length === 0) return text;
  const [only] = parts;
  if (only && parts.length === 1) return `${text}, ${count === 1 ? '' : 'all '}${only[1]}`;
  return `${number(count)} chosen: ${parts.map(([status, word]) => `${number(counts[status])} ${word}`).join(', ')}`;
}

/**
 * The re-runs that a selection offers, the likeliest first. Who drags over a hundred thousand batches to reach the few
 * that failed among them does not mean to repeat all: these come first, and all of them only by a button of its own.
 */
export function offersOf(selection: Selection, counts: Readonly<Record<BatchStatusName, number>>): readonly Offer[] {
  const { path, where, count, text } = selection;
  const all: Offer = { button: `Re-run ${number(count)}`, request: { node: path, select: where }, what: text };
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
