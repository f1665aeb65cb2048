import type { PlannedEffects } from '../../../common/effects.ts';
import { openWaitsByNode } from '../../store/answer-wait.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { plannedEffects } from '../../store/planned-effects.ts';
import { RerunReader } from '../../store/rerun-reader.ts';
import { attemptsCutOff, begunBatches } from '../../store/resume-reader.ts';
import { requireRun } from '../../store/runs.ts';
import type { NodeAnswers } from '../changed-nodes/answers.ts';
import { checkResumable, refusePart } from '../resumable.ts';
import { batchesAsTheyStand, type StandingBatches } from './batches-as-they-stand.ts';
import { checkWritten, planContinuation, type CodeNow, type ContinuationReport } from './rerun.ts';
import { RunNodes } from './run-nodes.ts';

/** What a resume does with a run. */
export interface ResumeReport extends ContinuationReport {
  /** The outermost batch nodes that have batches. Those inside their batches go on with them. */
  readonly nodes: readonly StandingBatches[];
  /** Checkpoints that are reused: of steps outside of batches, and inside the batches that had begun. */
  readonly reused: { readonly steps: number; readonly stepsInside: number };
  /** Steps of which attempts had begun and not ended: they are executed again. */
  readonly again: readonly { readonly path: string; readonly attempts: number }[];
  /** Nodes of the workflow itself that have not begun. */
  readonly later: readonly string[];
  /** Effects of the steps that are executed again: skipped because they are done, or unknown. */
  readonly effects: readonly PlannedEffects[];
  /** Steps that wait for people or events, or for runs that do. */
  readonly waits: readonly { readonly path: string; readonly steps: number }[];
}

/**
 * What a resume would do, read through the very changes that it would write. Nothing is written.
 * @throws RunStateError, RerunError, ChangedNodesError where the resume would be refused
 */
export function planResume(db: StoreDatabase, run: number, answers: NodeAnswers, code: CodeNow): ResumeReport {
  refusePart(db, run);
  checkResumable(requireRun(db, run));
  checkWritten(db, run, 'resume');
  const { changes, answered } = planContinuation(db, run, answers, code);
  const stored = new RerunReader(db, run, changes);
  const nodes = new RunNodes(stored.nodes(), stored.nodesBefore());
  const begun = begunBatches(db, run, changes);
  const stepsIn = (scope: number) => stored.checkpointsIn(scope).filter(({ node }) => !nodes.isBatchNode(node)).length;
  const known = new Set(nodes.all().map(({ path }) => path));
  return {
    ...answered,
    nodes: batchesAsTheyStand(db, stored, nodes, begun),
    reused: { steps: stepsIn(0), stepsInside: begun.keys().reduce((sum, scope) => sum + stepsIn(scope), 0) },
    again: Array.from(attemptsCutOff(db, run, begun, changes), ([node, attempts]) => ({
      path: nodes.path(node),
      attempts,
    })),
    later: code.now.nodes.map(({ path }) => path).filter(path => !known.has(path)),
    effects: plannedEffects(db, run, stored, changes, begun.keys()).map(({ node, ...effects }) => ({
      path: nodes.path(node),
      ...effects,
    })),
    waits: openWaitsByNode(db, run).map(({ path, count }) => ({ path, steps: count })),
  };
}
