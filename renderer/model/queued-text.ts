import { ago, counted, type Unit } from '../../common/format.ts';
import type { QueuedRerun } from '../../host/api/api.ts';
import { label } from './shown-text.ts';

const RERUN: Unit = ['re-run', 're-runs'];
const MOST = 200;

/** What a queued re-run runs again: `2 failed batches of Send letters`. @param titleOf How a node is shown */
export function askedText(
  { what = 'batches of this run', node }: QueuedRerun,
  titleOf: (path: string) => string,
): string {
  const asked = label(what.replace(/^the /, ''), MOST);
  const title = node === undefined ? undefined : titleOf(node);
  return title === undefined || asked.includes(title) ? asked : `${asked} of ${title}`;
}

/** The same, with how it is run again: `2 failed batches of Send letters, from the first step`. */
export function queuedText(rerun: QueuedRerun, titleOf: (path: string) => string): string {
  const { tryOne, fromStart, hasOtherItems } = rerun;
  const asked = askedText(rerun, titleOf);
  const parts = [
    `${asked.charAt(0).toUpperCase()}${asked.slice(1)}`,
    ...(tryOne === true && !asked.startsWith('one of ') ? ['one of them as a test'] : []),
    ...(fromStart === true ? ['from the first step'] : []),
    ...(hasOtherItems === true ? ['with edited items'] : []),
  ];
  return parts.join(', ');
}

/** `queued 12 s ago`. */
export function queuedAgo({ queuedAt }: QueuedRerun, now: number): string {
  const seconds = Math.max(0, Math.floor((now - queuedAt) / 1000));
  return `queued ${seconds < 60 ? `${seconds} s ago` : ago(queuedAt, now)}`;
}

/** How many wait for their turn, and how many were refused and wait for somebody. */
export function queuedCounts(queued: readonly QueuedRerun[]): { readonly waiting: number; readonly refused: number } {
  const refused = queued.filter(rerun => rerun.refused).length;
  return { waiting: queued.length - refused, refused };
}

/** For a list of runs: `1 re-run queued`, or that one did not start. */
export function queuedSummary(queued: readonly QueuedRerun[]): string | undefined {
  const { waiting, refused } = queuedCounts(queued);
  if (refused > 0) return `${counted(refused, RERUN)} did not start`;
  return waiting > 0 ? `${counted(waiting, RERUN)} queued` : undefined;
}
