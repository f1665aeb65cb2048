import { NEXT } from '../../../common/next-steps.ts';
import { told } from '../../../common/told.ts';
import { hasMembers, hasRounds } from '../../../common/node-kinds.ts';
import { isInside } from '../../../common/node-paths.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { plannedEffects } from '../../store/planned-effects.ts';
import { PlanBasis } from '../../store/plan-basis.ts';
import { RerunChanges } from '../../store/rerun-changes.ts';
import { unfinishedCancel } from '../../store/cancel-pages.ts';
import { hasPagesToWrite } from '../../store/rerun-pages.ts';
import { RerunReader, type RerunBatch } from '../../store/rerun-reader.ts';
import { RunStateError } from '../../store/run-state-error.ts';
import { StateReversalStore } from '../../store/state-reversal-store.ts';
import { BatchStatus } from '../../../common/status.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { NodeAnswers } from '../changed-nodes/answers.ts';
import { nodesByPath } from '../changed-nodes/nodes-by-path.ts';
import { checkNodes, moveNodes, noteKinds, type Matching } from '../changed-nodes/match-nodes.ts';
import { chooseItems, type ChosenItems } from './chosen-items.ts';
import { movedItems } from './moved-items.ts';
import { Reopening } from './reopening.ts';
import { RerunError, type RerunReport, type RerunRequest } from './request.ts';
import { RunNodes } from './run-nodes.ts';
import { selectBatches, selectStep } from './selection.ts';
import { StateReversal } from './state-reversal.ts';

/** What is to be written before a run goes on. */
export interface RunPlan {
  readonly changes: RerunChanges;
  /** Says whether the run still is as it was when the plan was made. */
  readonly basis: PlanBasis;
  /** Of a re-run: what it touches. */
  readonly report?: RerunReport;
}

interface RerunPlan extends RunPlan {
  readonly report: RerunReport;
}

/** What the answers of whoever resumes a run do to what is stored. */
export type ContinuationReport = Pick<RerunReport, 'discarded' | 'takenBack' | 'notTakenBack'>;

interface ContinuationPlan extends RunPlan {
  readonly answered: ContinuationReport;
}

/**
 * Finds out what a re-run executes. It only reads, and holds no lock: the run may have a million batches, and others
 * write to the store meanwhile.
 * @param code Without it the plan is made as if the nodes were those of before.
 * @throws RerunError, ChangedNodesError
 */
export function prepareRerun(db: StoreDatabase, run: number, request: RerunRequest, code?: CodeNow): RerunPlan {
  checkWritten(db, run, 're-run');
  const basis = new PlanBasis(db, run);
  const changes = new RerunChanges();
  const work = () => reopenAll(db, run, request, changes, code);
  return { report: code ? matched({ db, run, changes, ...code }, request, work) : work(), changes, basis };
}

/** A plan is made of what is stored. Who takes up the run writes the rest first; a look at it changes nothing. @throws RunStateError */
export function checkWritten(db: StoreDatabase, run: number, planned: 're-run' | 'resume'): void {
  if (unfinishedCancel(db, run) !== undefined)
    throw new RunStateError(
      told`Run ${run} was being cancelled when its process ended, so a ${planned} cannot be planned yet. To finish that: ${NEXT.finishCancel(run)}`,
    );
  if (!hasPagesToWrite(db, run)) return;
  throw new RunStateError(
    told`Run ${run} was being prepared for a re-run when its process ended, so ${planned === 're-run' ? 'another one' : 'a resume'} cannot be planned yet. To finish that and go on: ${NEXT.resume(run)}`,
  );
}

/** What a re-run would touch: the very plan that one carries out. @throws RerunError, ChangedNodesError */
export function planRerun(db: StoreDatabase, run: number, request: RerunRequest, code?: CodeNow): RerunReport {
  return prepareRerun(db, run, request, code).report;
}

/**
 * Finds out what has to be written so that a run can be continued with today's code: nothing is executed again.
 * @throws RerunError, ChangedNodesError
 */
export function planContinuation(
  db: StoreDatabase,
  run: number,
  answers: NodeAnswers,
  code: CodeNow,
): ContinuationPlan {
  const basis = new PlanBasis(db, run);
  const changes = new RerunChanges();
  const answered = matched({ db, run, changes, ...code }, answers, () => {
    const stored = new RerunReader(db, run, changes);
    const nodes = new RunNodes(stored.nodes(), stored.nodesBefore());
    const state = new StateReversal(new StateReversalStore(db, run, changes));
    const discarded = discard(new Reopening(stored, changes, state, nodes), nodes, answers, code);
    return { discarded: discarded.map(node => nodes.path(node)), ...state.finish() };
  });
  return { changes, basis, answered };
}

/** Gives the nodes of a run their places in today's code, does the work, and checks that all that is in use has its place. */
function matched<T>(matching: Matching, answers: NodeAnswers, work: () => T): T {
  const moved = moveNodes(matching, answers);
  noteKinds(matching, moved);
  const result = work();
  // What was discarded is in the way of no other kind.
  noteKinds(matching, moved);
  checkNodes(matching, moved);
  return result;
}

function discard(
  reopening: Reopening,
  nodes: RunNodes,
  { discard: names = [] }: NodeAnswers,
  code: CodeNow | undefined,
): number[] {
  const discarded = [...new Set(names.flatMap(name => nodes.find(name)))];
  const drawn = code && nodesByPath(code.now);
  for (const node of discarded)
    reopening.discard(node, { isForRounds: hasRounds(drawn?.get(nodes.path(node))?.kind ?? '') });
  return discarded;
}

/** Today's code of a run's workflow, beside that of before. */
export type CodeNow = Pick<Matching, 'before' | 'now'>;

function reopenAll(
  db: StoreDatabase,
  run: number,
  request: RerunRequest,
  changes: RerunChanges,
  code: CodeNow | undefined,
): RerunReport {
  const stored = new RerunReader(db, run, changes);
  const nodes = new RunNodes(stored.nodes(), stored.nodesBefore());
  const state = new StateReversal(new StateReversalStore(db, run, changes));
  const reopening = new Reopening(stored, changes, state, nodes);
  const discarded = discard(reopening, nodes, request, code);
  const step = selectStep(stored, nodes, request);
  const selected = step === undefined ? selectBatches(stored, nodes, request) : [];
  const items = chooseItems(stored, nodes, request, selected);
  const chosen = [...new Map([...selected, ...items.batches].map(batch => [batch.scope, batch])).values()];
  const batches = request.tryOne ? chosen.slice(0, 1) : chosen;
  const edited =
    request.items === undefined
      ? undefined
      : { batch: onlyOne(batches), items: request.items, shown: request.itemsShown };
  if (step !== undefined) reopening.repeatFrom(step);
  for (const batch of batches) {
    const hasOtherItems = edited !== undefined || hasOther(items, batch);
    const fromStart = batch.status === BatchStatus.succeeded || request.fromStart === true || hasOtherItems;
    reopening.open(batch, fromStart ? 'all' : 'failed');
  }
  if (edited) reopening.replaceItems(edited.batch, edited.items, edited.shown);
  const moved = reopening.moveItems(items);
  const named = step === undefined ? [] : [nodes.path(step)];
  const steps = [...new Set([...named, ...failedSteps(stored, nodes, reopening)])];
  const isNothing = step === undefined && batches.length + steps.length + discarded.length === 0;
  if (isNothing && !isUnfinished(stored, request)) throw nothingToRerun(run, request);
  return {
    nodes: openedByNode(nodes, reopening.opened),
    steps,
    reused: reused(stored, nodes, reopening.opened),
    waiting: waiting(stored, nodes),
    repeats: [...reopening.repeats],
    ...state.finish(),
    effects: plannedEffects(db, run, stored, changes).map(({ node, ...effects }) => ({
      path: nodes.path(node),
      ...effects,
    })),
    discarded: discarded.map(node => nodes.path(node)),
    ...movedItems(nodes, moved),
  };
}

function hasOther({ setAside, takenIn, corrected }: ChosenItems, { scope }: RerunBatch): boolean {
  return setAside.has(scope) || takenIn.has(scope) || corrected.has(scope);
}

function onlyOne(batches: readonly RerunBatch[]): RerunBatch {
  const [only, ...others] = batches;
  if (only && others.length === 0) return only;
  throw new RerunError(`Items can be edited for one batch at a time; ${batches.length} were chosen.`);
}

function openedByNode(nodes: RunNodes, opened: readonly RerunBatch[]): RerunReport['nodes'] {
  return [...Map.groupBy(opened, ({ node }) => node)].map(([node, batches]) => ({
    path: nodes.path(node),
    batches: batches.length,
    indices: batches.map(({ index }) => index).toSorted((a, b) => a - b),
  }));
}

/**
 * A node whose source failed halfway has batches that succeeded, and none that is opened: those stay as they are too. The rounds of a
 * while are no batches, and the tally does not keep count of them.
 */
function reused(stored: RerunReader, nodes: RunNodes, opened: readonly RerunBatch[]): RerunReport['reused'] {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const opening = [...opened.map(({ node }) => node), ...stored.failedSteps()];
  const openedNodes = [...new Set(opening)].filter(node => nodes.isBatchNode(node));
  return {
    batches: sum(openedNodes.map(node => stored.succeededBatches(node))),
    steps: sum(opened.map(({ scope }) => stored.checkpointsIn(scope).length)),
  };
}

/** Those inside other batches run with them: what is said of the outer ones is said of all. */
function waiting(stored: RerunReader, nodes: RunNodes): RerunReport['waiting'] {
  return nodes
    .outermostOf(nodes.batchNodes())
    .map(node => ({ path: nodes.path(node), batches: stored.waitingBatches(node) }))
    .filter(({ batches }) => batches > 0);
}

/**
 * The steps outside batches that failed. A batch node fails with its batches, which the report lists; without any, its
 * items failed.
 */
function failedSteps(stored: RerunReader, nodes: RunNodes, { opened }: Reopening): string[] {
  const openedNodes = new Set(opened.map(({ node }) => node));
  return stored
    .failedSteps()
    .filter(node => !openedNodes.has(node) && !isMadeGood(stored, nodes, node))
    .map(node => nodes.path(node));
}

/** A member that failed does not count where another member won its `race`, or where the `onError` of its `parallel` answered. */
function isMadeGood(stored: RerunReader, nodes: RunNodes, node: number): boolean {
  const path = nodes.path(node);
  const around = nodes.all().find(({ path: other, kind }) => hasMembers(kind) && isInside(path, other));
  return around !== undefined && stored.checkpoint(0, around.node) !== undefined;
}

/** A run that ended between two steps has nothing to reopen, and can still continue. */
function isUnfinished(stored: RerunReader, { node, batches }: RerunRequest): boolean {
  const status = stored.runStatus();
  return node === undefined && batches === 'failed' && (status === 'cancelled' || status === 'failed');
}

function nothingToRerun(run: number, { node, batches }: RerunRequest): RerunError {
  const where = node === undefined ? `Run ${run}` : `${describeValue(node)} of run ${run}`;
  return new RerunError(
    batches === 'failed'
      ? told`${where} has no failed batches: there is nothing to re-run. ${NEXT.otherBatches}.`
      : `${where} has no batches to re-run.`,
  );
}
