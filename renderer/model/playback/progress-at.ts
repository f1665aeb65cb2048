import { count, noCounts, sum, type Counts } from '../../../common/counts.ts';
import { NEVER, type PartHistory } from '../../../common/history.ts';
import { outermost } from '../../../common/node-paths.ts';
import { failedBatches } from '../../../common/run-summary.ts';
import { BatchStatus, RUN_STATUSES, type RunStatus } from '../../../common/status.ts';
import type { NodeProgress, Progress, RunHistory, StepProgress } from '../../../host/api/api.ts';
import { statusesAt, tallyOf, type Tally } from './part-at.ts';

/** The totals of a run at a moment: in the form of those of now, so that all screens show both alike. */
export function progressAt(
  history: RunHistory,
  now: Progress,
  at: number,
  statusesOf: (part: PartHistory) => Uint8Array = part => statusesAt(part, at),
): Progress {
  const byPath = (of: PartHistory['of']) =>
    new Map(history.parts.filter(part => part.of === of).map(part => [part.path, part]));
  const [ofBatches, ofSteps] = [byPath('batches'), byPath('steps')];
  const nodes = now.nodes.map((node): NodeProgress => {
    const part = ofBatches.get(node.path);
    if (!part) return node;
    const tally = tallyOf(part, statusesOf(part), at);
    return { ...node, batches: countsOf(tally.batches, node.batches), items: countsOf(tally.items, node.items) };
  });
  // What is not told is as it is now.
  const untold = now.steps.filter(({ path }) => !ofSteps.has(path));
  const told = [...ofSteps.values()].map((part): StepProgress => {
    const then = stepAt(part, statusesOf(part), at, history.unit);
    const inside = ofBatches.get(part.path);
    return inside ? withBatchRetries(then, inside, at, history.unit) : then;
  });
  const steps = [...untold, ...told];
  const { batches, items } = sum(outermost(nodes));
  const { status, endedAt } = statusAt(history, now, at);
  return {
    status,
    items,
    batches,
    failedBatches: failedBatches(nodes),
    nodes,
    steps,
    rate: 0,
    startedAt: now.startedAt,
    ...(endedAt !== undefined && { endedAt }),
    activeMs: activeAt(history, at),
  };
}

/** What has not been created by then waits, as far as it is known now how much there is. */
function countsOf(tally: Float64Array, { total }: Counts): Counts {
  const node = { path: '', complete: true, batches: noCounts(), items: noCounts() };
  for (const [status, batches] of tally.entries()) count(node, status, batches, 0);
  const { batches } = node;
  return { ...batches, total, waiting: Math.max(0, total - (batches.total - batches.waiting)) };
}

function stepAt(part: PartHistory, statuses: Uint8Array, at: number, unit: number): StepProgress {
  const { batches }: Tally = tallyOf(part, statuses, at);
  let [retries, waited] = [0, 0];
  for (let place = 0; place < part.waits.indices.length; place++) {
    const [from, to] = [part.waits.starts[place] ?? NEVER, part.waits.ends[place] ?? NEVER];
    if (at < from) continue;
    waited += (Math.min(at, to) - from) * unit;
    if (at >= to) retries += 1;
  }
  return {
    path: part.path,
    running: batches[BatchStatus.running] ?? 0,
    succeeded: batches[BatchStatus.succeeded] ?? 0,
    failed: batches[BatchStatus.failed] ?? 0,
    retrying: batches[BatchStatus.retrying] ?? 0,
    retries,
    waited,
  };
}

/** A batch node is executed like a step, and has the retries of its batches. */
function withBatchRetries(
  step: StepProgress,
  { earlier, starts }: PartHistory,
  at: number,
  unit: number,
): StepProgress {
  let { retries, retrying, waited } = step;
  const open = new Map<number, number>();
  const go = (index: number, until: number) => {
    const since = open.get(index);
    if (since === undefined) return;
    open.delete(index);
    retries += 1;
    waited += (until - since) * unit;
  };
  for (let place = 0; place < earlier.indices.length; place++) {
    const start = Math.min(earlier.starts[place] ?? NEVER, earlier.ends[place] ?? NEVER);
    if (at < start) break;
    const index = earlier.indices[place] ?? 0;
    go(index, start);
    const end = earlier.ends[place] ?? NEVER;
    if (earlier.statuses[place] === BatchStatus.retrying && at >= end) open.set(index, end);
  }
  for (const [index, since] of open) {
    const start = starts[index] ?? NEVER;
    if (at >= start) go(index, start);
    else {
      retrying += 1;
      waited += (at - since) * unit;
    }
  }
  return { ...step, retrying, retries, waited };
}

/** How the run was called then. */
function statusAt(
  { sessions, from, unit }: RunHistory,
  now: Pick<Progress, 'status'>,
  at: number,
): { readonly status: RunStatus; readonly endedAt?: number } {
  const session = sessions.findLast(other => other.from <= at) ?? sessions[0];
  if (!session || at < session.to) return { status: 'running' };
  const outcome = RUN_STATUSES.find(status => status === session.outcome);
  return {
    status: outcome ?? (session === sessions.at(-1) ? now.status : 'interrupted'),
    endedAt: from + session.to * unit,
  };
}

function activeAt({ sessions, unit }: RunHistory, at: number): number {
  return sessions.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at, to) - from) * unit, 0);
}
