import { dateAndTime } from '../../common/format.ts';
import { runStatusWord, waitsForText, type RunStatusAsShown } from '../../common/waits-for.ts';
import type { OpenWait } from '../../host/api/api.ts';

/** What a run does that has paused itself: `Waiting for approval`. */
export function restingText(run: RunStatusAsShown): string {
  if (!run.waitsFor) return 'Answered: it goes on when it is resumed';
  const { approvals, events } = run.waitsFor;
  const word = runStatusWord(run);
  const more = approvals + events > 1 ? `: ${waitsForText(run.waitsFor)}` : '';
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}${more}`;
}

/** Until when a step waits. */
export function untilText({ until }: Pick<OpenWait, 'until'>, now: number): string {
  if (until === undefined) return 'waits until it is answered';
  return until <= now ? 'its time is over' : `until ${dateAndTime(until)}`;
}
