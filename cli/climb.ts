import { mayClimb, stopRuleText, type Rung, type RungEnd } from '../common/climb.ts';
import { BATCH, counted, number } from '../common/format.ts';
import { toRanges } from '../common/ranges.ts';
import { answersOfRung, planClimb } from '../engine/run/rerun/climb.ts';
import type { RerunRequest } from '../engine/run/rerun/request.ts';
import type { RunTask } from '../engine/runner/supervisor.ts';
import { ownerOf } from '../engine/store/leases.ts';
import { RunStateError } from '../engine/store/run-state-error.ts';
import { rungEnd } from '../engine/store/rung-queries.ts';
import { requireRun } from '../engine/store/runs.ts';
import { oneLine } from '../common/safe-text.ts';
import { printEvent } from './view/json.ts';
import { followRun } from './follow-run.ts';
import { withStore } from './with-store.ts';

type RerunTask = Extract<RunTask, { kind: 'rerun' }>;
const LONGEST_MESSAGE = 120;

/**
 * One rung after the other, each a re-run of its own, until too many batches of one fail. Returns the exit code of the last of them. What was
 * not reached is as it was, whenever this process ends.
 */
export async function climb(
  task: Omit<RerunTask, 'kind' | 'request'>,
  request: RerunRequest,
  json: boolean,
): Promise<number> {
  const { run, store } = task;
  const plan = await withStore(store, 'read', db => {
    requireRun(db, run);
    const owner = ownerOf(db, run);
    if (owner)
      throw new RunStateError(`Run ${run} is running in process ${owner.pid}. A re-run can climb when it has ended.`);
    return planClimb(db, run, request);
  });
  let code = 0;
  for (const [at, rung] of plan.rungs.entries()) {
    if (!json) process.stdout.write(`${beginText(plan.rungs, at)}\n`);
    const batches = { ranges: toRanges(rung.batches) };
    code = await followRun(
      { ...task, kind: 'rerun', request: { ...answersOfRung(request, at), node: plan.path, batches } },
      json,
    );
    const end = await withStore(store, 'read', db => rungEnd(db, run, plan.node, rung.batches));
    const left = plan.rungs.slice(at + 1).reduce((sum, other) => sum + other.batches.length, 0);
    const isStopped = !mayClimb(end, rung);
    if (json)
      printEvent({
        event: 'rung',
        run: String(run),
        rung: at + 1,
        of: plan.rungs.length,
        ...end,
        left,
        stopped: isStopped,
      });
    else process.stdout.write(`${endText(end, rung, left, isStopped)}\n`);
    if (isStopped) break;
  }
  return code;
}

function beginText(rungs: readonly Rung[], at: number): string {
  const { batches = [], most = 0 } = rungs[at] ?? {};
  const what = batches.length === 1 ? `batch ${batches[0]}` : counted(batches.length, BATCH);
  return `Rung ${at + 1} of ${rungs.length}: ${what}, ${stopRuleText({ most, batches: batches.length })}`;
}

function endText(
  { succeeded, failed, open, attempts, cause }: RungEnd,
  rung: Rung,
  left: number,
  isStopped: boolean,
): string {
  const done = `${number(succeeded)} done`;
  if (!isStopped) return failed > 0 ? `${done}, ${number(failed)} failed again` : done;
  const lines = [
    open > 0
      ? `Stopped: ${counted(open, BATCH)} of this rung did not run to an end.`
      : `Stopped by itself: ${number(failed)} of ${number(rung.batches.length)} failed again, ${attempts} times now.`,
    ...(cause ? [`  ${oneLine(cause.message, LONGEST_MESSAGE)}`] : []),
    left > 0 ? `${counted(left, BATCH)} ${left === 1 ? 'was' : 'were'} not touched.` : 'There is no other rung.',
  ];
  return lines.join('\n');
}
