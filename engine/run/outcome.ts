import { BATCH, counted } from '../../common/format.ts';
import { describeValue } from '../workflow/errors.ts';
import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import { countsOf } from '../../common/run-summary.ts';
import type { RunStatus } from '../../common/status.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { cancelWaiting } from '../../common/at-rest.ts';
import type { StoreDatabase } from '../store/open.ts';
import type { RunReader } from '../store/run-reader.ts';
import { cancelUnfinished, endRun, putBackInFlight, stopAsked } from '../store/runs.ts';
import { cancelInTally } from '../store/tally-now.ts';
import { batchSizes, type Graph } from '../workflow/graph.ts';
import type { Definition } from '../workflow/nodes.ts';
import { isToRecount } from './conservation.ts';
import { runChain } from './interpreter.ts';
import { restoreRun, restoreScope } from './restore.ts';
import { StepFailed } from './run-attempt.ts';
import type { Run } from './run.ts';
import { Scope } from './scope.ts';
import { toStoredError } from './stored-error.ts';

/** How a run ended in this session. */
export interface Outcome {
  readonly status: RunStatus;
  readonly reason?: string | undefined;
  /** As the row of its last step has it (output-pages.ts): later changes to the value have no effect on it. */
  readonly output?: string | undefined;
  readonly error?: StoredError | undefined;
}

/** Executes the workflow to its end, from what earlier sessions stored. */
export async function interpret(
  run: Run,
  stored: RunReader,
  definition: Definition,
  graph: Graph,
  session: number,
): Promise<Outcome> {
  const root = new Scope(0, { path: '' });
  root.names = definition.flow.names;
  if (session > 1) {
    const sizes = batchSizes(graph.nodes);
    restoreRun(run, stored, path => sizes.get(path));
    restoreScope(run, root);
  }
  // What a run has from the start that is a part of another one: the state of that, and the effects of the run in whose place it came.
  else {
    run.numbering.restore(stored.nodes(), 0);
    run.state.restore(stored.state());
  }
  const outcome = await execute(run, stored, root, definition);
  await run.journal.committed();
  return outcome;
}

async function execute(run: Run, stored: RunReader, root: Scope, definition: Definition): Promise<Outcome> {
  try {
    await runChain(run, root, definition.flow.finish(), definition.locations);
    await run.journal.committed();
    const left = unfinished(run, stored);
    if (left) return { status: 'failed', error: left };
    return { status: 'completed', output: root.last && stored.steps.storedOutputOf(root.id, root.last) };
  } catch (error) {
    const { stop } = run.stopping;
    if (stop) return { status: stop.as, reason: stop.reason };
    return { status: 'failed', error: error instanceof StepFailed ? error.stored : toStoredError(error) };
  }
}

/**
 * Whatever has happened, a run is not complete while a batch of it waits: nothing in the file has executed it. That is
 * found before anything runs (changed-nodes/), but for nodes that no drawing shows.
 */
function unfinished(run: Run, stored: RunReader): StoredError | undefined {
  const counts = [...run.progress.values()].map(({ batches }) => batches);
  const all = counts.reduce((sum, { total }) => sum + total, 0);
  const mayBeLeft = isToRecount(all, 0) || counts.some(({ waiting, running }) => waiting + running > 0);
  // By the rows: at any depth, but not in a batch that failed, where what has not begun may wait.
  const left = mayBeLeft ? stored.batches.unfinished() : [];
  const [first] = left;
  if (!first) return undefined;
  const waiting = left.map(({ path, batches }) => `${counted(batches, BATCH)} of ${describeValue(path)}`);
  const wait = left.length === 1 && first.batches === 1 ? 'waits' : 'wait';
  const why = `${waiting.join(', ')} still ${wait}, because nothing in the file executed them: the node was renamed or removed`;
  const { terminal, studio } = told`${why}. ${NEXT.answer(first.path)}.`;
  return {
    name: 'UnfinishedBatches',
    message: terminal,
    inStudio: studio,
    fingerprint: `UnfinishedBatches ${first.path}`,
  };
}

/**
 * How a run ends that was stopped: a cancel that another process has stored meanwhile wins over a stop that would leave the run
 * to be resumed.
 */
export function asAsked(db: StoreDatabase, run: number, outcome: Outcome): Outcome {
  if (outcome.status !== 'paused' && outcome.status !== 'interrupted') return outcome;
  const asked = stopAsked(db, run);
  return asked?.stop === 'cancelled'
    ? { status: 'cancelled', reason: asked.reason ?? 'another process asked for it' }
    : outcome;
}

/** What is stored of a run whose next session follows at once, inside the journal's transaction. To others it goes on. */
export function writeRest(db: StoreDatabase, run: Run, id: number): void {
  const { stamp, activeMs } = run.moment();
  writeAtRest(db, run, id, stamp);
  run.writer.counts(JSON.stringify(countsOf(run.progress.values())), activeMs);
}

function writeAtRest(db: StoreDatabase, run: Run, id: number, now: number): void {
  // A batch that was stopped, a sleep, or a step that was not waited for.
  putBackInFlight(db, id, now);
  run.writer.tallyIsDue();
  run.writer.writeTallyIfDue(() => run.openWork.stored(run.numbering.lastScope));
}

/** Writes how a run ended, inside the journal's transaction. */
export function writeOutcome(
  db: StoreDatabase,
  { run, id, session }: { readonly run: Run; readonly id: number; readonly session: number },
  { status, reason, output, error }: Outcome,
  presented: string | null,
): void {
  const { stamp: now, activeMs } = run.moment();
  writeAtRest(db, run, id, now);
  if (status === 'cancelled') {
    cancelUnfinished(db, id, now);
    cancelInTally(db, id);
    for (const { batches, items } of run.progress.values()) [batches, items].forEach(cancelWaiting);
  }
  const counts = JSON.stringify(countsOf(run.progress.values()));
  endRun(
    db,
    id,
    session,
    {
      status,
      reason: reason ?? null,
      output: output ?? null,
      error: error ? JSON.stringify(error) : null,
      counts,
      presented,
      activeMs,
      rests: status === 'paused' && run.waits?.hasRested === true,
    },
    now,
  );
}
