import { clock, counted, number } from '../../common/format.ts';
import type { Interrupted } from '../../host/api/api.ts';

const RUNS = ['run', 'runs'] as const;

/** `3 runs were interrupted`. */
export function interruptedText(runs: number): string {
  return `${counted(runs, RUNS)} ${runs === 1 ? 'was' : 'were'} interrupted`;
}

/** How far they are resumed, and for whom: `2 of 3 runs resumed for mara since 14:02:07`. */
export function resumingText({
  by,
  startedAt,
  total,
  resumed,
  refused,
  state,
}: NonNullable<Interrupted['resuming']>): string {
  const who = by === undefined ? 'by itself, as this folder is set' : `for ${by}`;
  const untouched = total - resumed - refused.length;
  const outcome = `${number(resumed)} of ${counted(total, RUNS)} resumed ${who}`;
  switch (state) {
    case 'going on':
      return `${outcome}, since ${clock(startedAt)}`;
    case 'stopping':
      return `${outcome}. No others are begun.`;
    case 'stopped':
      return untouched > 0 ? `${outcome}. Stopped: ${number(untouched)} still wait.` : outcome;
    case 'done':
      return outcome;
  }
}
