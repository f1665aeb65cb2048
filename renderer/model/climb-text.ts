import { stopRuleText } from '../../common/climb.ts';
import { BATCH, counted, number } from '../../common/format.ts';
import type { Climb } from '../../host/api/api.ts';

type Rung = Climb['rungs'][number];

/** What a rung executes: `batch 97,494`, `10 batches`, `The rest, 23 batches`. */
export function rungTitle(rungs: readonly Rung[], at: number): string {
  const { batches = 0, first = 0 } = rungs[at] ?? {};
  if (batches === 1) return `1 batch: ${number(first)}`;
  const isRest = at > 1 && at === rungs.length - 1;
  return isRest ? `The rest, ${counted(batches, BATCH)}` : counted(batches, BATCH);
}

export type RungState = 'planned' | 'running' | 'passed' | 'stopped' | 'untouched';

/** How a rung stands. */
export function rungState(
  { rungs, state }: Pick<Climb, 'rungs'> & { readonly state?: Climb['state'] },
  at: number,
): RungState {
  if (state === undefined) return 'planned';
  const { end, most = 0 } = rungs[at] ?? {};
  if (end) return end.open > 0 || end.failed > most ? 'stopped' : 'passed';
  if (state !== 'climbing') return 'untouched';
  return at === 0 || rungs[at - 1]?.end ? 'running' : 'planned';
}

/** What a rung comes to, or when it stops: said before it begins. */
export function rungNote(rung: Rung): string {
  const { end, batches, most } = rung;
  if (!end) return stopRuleText({ most, batches });
  const failed = end.failed > 0 ? `, ${number(end.failed)} failed again` : '';
  const open = end.open > 0 ? `, ${number(end.open)} not run to an end` : '';
  const why = end.failed > most ? ` · stopped: ${number(most)} may fail` : '';
  return `${number(end.succeeded)} done${failed}${open}${why}`;
}

/** How a climb goes, or what it has come to: one sentence. */
export function climbTitle({ state, rungs, isStopping }: Climb): string {
  switch (state) {
    case 'climbing':
      return isStopping === true ? 'Stops after this rung' : 'Climbing';
    case 'done': {
      const failed = rungs.reduce((sum, { end }) => sum + (end?.failed ?? 0), 0);
      return failed === 0 ? 'All done' : `Done, ${number(failed)} failed again`;
    }
    case 'stopped':
      return rungs.some(({ end, most }) => end && end.failed > most) ? 'Stopped by itself' : 'Stopped';
  }
}

/** What failed again, and what was not touched. */
export function climbResult({ rungs }: Climb): readonly string[] {
  const last = rungs.findLast(({ end }) => end);
  const left = rungs.filter(({ end }) => !end).reduce((sum, { batches }) => sum + batches, 0);
  const end = last?.end;
  return [
    ...(last && end && end.failed > 0
      ? [
          `${number(end.failed)} of ${number(last.batches)} failed again, ${counted(end.attempts, ['time', 'times'])} now.`,
        ]
      : []),
    ...(left > 0
      ? [`${counted(left, BATCH)} ${left === 1 ? 'was' : 'were'} not touched: they keep their results.`]
      : []),
  ];
}
