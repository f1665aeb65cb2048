import type { AskedStop } from '../../common/status.ts';
import type { Args, FailureCause, NodeAnswers, Problem, RerunRequest, WorkflowRef } from '../../host/api/api.ts';
import { LARGEST_TEXT } from '../../host/api/protocol.ts';
import { number } from '../../common/format.ts';
import { lostByCancel } from '../model/cancel-text.ts';
import { placesToSearch } from '../model/failed-places.ts';
import type { CompareShown } from '../model/compare/compare-address.ts';
import { queuedCounts } from '../model/queued-text.ts';
import { causeSelection, isCause, type Selection } from '../model/selection.ts';
import { label } from '../model/shown-text.ts';
import { api } from './host.ts';
import { notice, toProblem } from './notice.ts';
import { openRun } from './open-run.ts';
import { whyNotRunnable } from './runnable.ts';
import { countedNow } from './selected-counts.ts';
import {
  queuedReruns,
  studio,
  type BatchesShown,
  type Dialog,
  type Inspected,
  type InspectorTab,
  type SidePanel,
  type Theme,
  type View,
} from './studio.ts';
import { questionOf } from './trust.ts';

/* What a person can do. Each is one call for a button, a key and the palette alike. */

export function show(view: View): void {
  studio.setState({ view });
}

export function inspect(inspected: Inspected, tab?: InspectorTab): void {
  studio.setState({ inspected, shownNode: undefined, ...(tab && { inspectorTab: tab }) });
  setPanel('inspector', true);
}

export function setPanel(panel: SidePanel, open: boolean): void {
  studio.setState(({ panels }) => (panels[panel] === open ? {} : { panels: { ...panels, [panel]: open } }));
}

export function showProblems(): void {
  studio.setState({ drawer: 'problems' });
  setPanel('drawer', true);
}

export function togglePanel(panel: SidePanel): void {
  setPanel(panel, !studio.getState().panels[panel]);
}

export function select(selection: Selection | undefined): void {
  studio.setState(({ model }) => ({ selection: countedNow(selection, model), shownNode: undefined }));
}

/** Shows the batches of another node: nothing of the one before stays selected or unfolded. */
export function showNode(node: number): void {
  studio.setState({ selection: undefined, shownNode: node });
  showBatches({ unfolded: undefined });
}

/** Changes what the batches are filtered or coloured by. */
export function showBatches(changed: Partial<BatchesShown>): void {
  studio.setState(({ batches }) => ({ batches: { ...batches, ...changed } }));
}

/** Changes what Compare shows. */
export function compare(changed: Partial<CompareShown>): void {
  studio.setState(state => ({ compare: { ...state.compare, ...changed } }));
}

/** Highlights the batches of a cause on their map; again, and they are not. */
export function chooseCause(cause: FailureCause): void {
  const { model, selection } = studio.getState();
  select(isCause(cause, selection?.cause) ? undefined : causeSelection(cause, model?.maps.values() ?? []));
}

/** Highlights the batches of a cause, and opens the first of them at its error. */
export function lookAtCause(cause: FailureCause): void {
  const { model } = studio.getState();
  const { index, parent } = cause.first;
  select(causeSelection(cause, model?.maps.values() ?? []));
  inspect({ kind: 'batch', node: cause.node, index, ...(parent !== 0 && { parent }) }, 'error');
}

/** All others need a workspace. */
const IN_EXPORTED_FILE: ReadonlySet<Dialog['kind']> = new Set(['palette', 'help', 'contents']);

/** What these lead to executes files of the folder, or writes into it. */
const NEEDS_TRUST: ReadonlySet<Dialog['kind']> = new Set([
  'run',
  'rerun',
  'resume',
  'edit-items',
  'find-items',
  'edit-aside',
  'take-back',
  'new-workflow',
]);

/**
 * Keys, the native menu and the palette lead here too. A dialog that is open is answered first: what was typed into it
 * would be lost. While the folder is not trusted, it is asked first whether it is.
 */
export function openDialog(dialog: Dialog): void {
  const state = studio.getState();
  if (state.dialogIsChanged || (state.dialog && dialog.kind !== 'trust')) return;
  if (state.recording && !IN_EXPORTED_FILE.has(dialog.kind)) return;
  const whyNot = dialog.kind === 'run' ? whyNotRunnable(state, dialog.workflow) : undefined;
  if (whyNot) return notice(whyNot);
  if (!NEEDS_TRUST.has(dialog.kind) || !asksForTrust()) studio.setState({ dialog });
}

/** Asks whether the folder is trusted, unless that is answered already. */
function asksForTrust(): boolean {
  if (questionOf(studio.getState()) === undefined) return false;
  studio.setState({ dialog: { kind: 'trust' } });
  return true;
}

export function closeDialog(): void {
  studio.setState({ dialog: undefined, dialogIsChanged: false });
}

export function setDialogIsChanged(dialogIsChanged: boolean): void {
  studio.setState({ dialogIsChanged });
}

export function setTheme(theme: Theme): void {
  studio.setState({ theme });
}

export function present(presenting: boolean): void {
  studio.setState({ presenting });
}

/**
 * Starts a run and opens it. The payload is JSON. Resolves with why that cannot be done.
 * @param onQueue Whether workers on other machines execute its batches. @default Where the Studio was started with a queue
 */
export async function startRun(
  workflow: WorkflowRef,
  payload: string,
  onQueue?: boolean,
): Promise<Problem | undefined> {
  return await problemOf(async () => {
    const problem = tooLongProblem(
      payload,
      'The payload',
      'Put long values into a file and have a step read it, or start the run with: cronflow run --payload-file <path>',
    );
    if (problem) return problem;
    const outcome = await api().startRun({ ...workflow, payload, ...(onQueue !== undefined && { onQueue }) });
    if (!outcome.ok) return outcome.problem;
    void openRun(outcome.value.run);
    return undefined;
  });
}

/** Cancels the open run: at once where nothing is lost by it, else once a person has read what is. */
export function askToCancel(): void {
  const state = studio.getState();
  const { runId, progress } = state;
  if (runId === undefined || progress?.status !== 'running') return;
  if (lostByCancel(progress, queuedCounts(queuedReruns(state)).waiting).length > 0) openDialog({ kind: 'cancel-run' });
  else void stopRun(runId, 'cancelled');
}

/** Takes a queued re-run back, or removes one that was refused. */
export async function dropQueuedRerun(run: number, id: number): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().dropQueuedRerun({ run, id });
    return outcome.ok ? undefined : outcome.problem;
  });
}

/** Opens the dialog of a queued re-run that was refused: it says why, and asks what has to be answered. */
export async function askQueuedAgain(run: number, id: number, text: string): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().getQueuedRerun({ run, id });
    if (!outcome.ok) return outcome.problem;
    if (studio.getState().runId === run) openDialog({ kind: 'rerun', request: outcome.value, text, instead: id });
    return undefined;
  });
}

export async function stopRun(run: number, as: AskedStop): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().stopRun({ run, as });
    return outcome.ok ? undefined : outcome.problem;
  });
}

/** Resumes the open run. Where it has to be said first what becomes of stored work, that is asked. */
export async function resumeRun(run: number): Promise<boolean> {
  if (asksForTrust()) return false;
  const problem = await resume(run);
  if (!problem) return true;
  const { changed } = problem;
  const { runId, dialog } = studio.getState();
  if (changed && runId === run && !dialog) openDialog({ kind: 'resume', changed });
  else notice(problem);
  return false;
}

/** Resolves with why that cannot be done. */
export async function resume(run: number, answers?: NodeAnswers): Promise<Problem | undefined> {
  return await problemOf(async () => {
    const outcome = await api().resumeRun({ run, answers });
    return outcome.ok ? undefined : outcome.problem;
  });
}

export interface AskedRerun {
  readonly request: RerunRequest;
  /** What is re-run, in words: shown while it is queued. */
  readonly what: string;
  /** The queued re-run whose place it takes. */
  readonly instead?: number | undefined;
}

/** Resolves with why that cannot be done. */
export async function rerun(run: number, { request, what, instead }: AskedRerun): Promise<Problem | undefined> {
  return await problemOf(async () => {
    const problem = tooLongProblem(
      `${request.items ?? ''}${request.itemsShown ?? ''}`,
      'The text of the items',
      'Change the source and re-run the batch instead.',
    );
    if (problem) return problem;
    const outcome = await api().rerun({ run, request, what: label(what, 1_000), instead });
    return outcome.ok ? undefined : outcome.problem;
  });
}

/** Says what became of an effect. */
export async function settleEffect(args: Args<'settleEffect'>): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().settleEffect(args);
    return outcome.ok ? undefined : outcome.problem;
  });
}

export async function setConcurrency(run: number, node: string, concurrency: number): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().setConcurrency({ run, node, concurrency });
    return outcome.ok ? undefined : outcome.problem;
  });
}

export async function openInEditor(file: string, line?: number, column?: number): Promise<boolean> {
  const run = studio.getState().runId;
  return await reportProblems(async () => {
    const outcome = await api().openInEditor({ run, file, line, column });
    return outcome.ok ? undefined : outcome.problem;
  });
}

/** The dialog that says what a re-run will touch, before it does. */
export function askToRerun(request: RerunRequest, text: string): void {
  openDialog({ kind: 'rerun', request, text });
}

/** Goes to the next or previous batch that failed, or in which one did: on from the batch in view, through all batch nodes. */
export async function goToFailed(direction: 'next' | 'previous'): Promise<void> {
  const { runId: run, inspected, model } = studio.getState();
  if (run === undefined || !model) return;
  try {
    const place = inspected.kind === 'batch' ? await outermostOf(run, inspected) : undefined;
    for (const { node, from } of placesToSearch([...model.maps.values()], place, direction)) {
      const found = await api().nextFailed({ run, node, from, direction });
      if (found) return inspect({ kind: 'batch', node, index: found.index }, 'error');
    }
  } catch (error) {
    notice(error);
  }
}

/** The batch on the map in which a batch stands: itself, unless it is inside others. */
async function outermostOf(
  run: number,
  { node, index, parent }: Inspected & { readonly kind: 'batch' },
): Promise<{ node: number; index: number } | undefined> {
  if (parent === undefined) return { node, index };
  const found = await api().findBatch({ run, node, index, parent });
  const detail = found && (await api().getBatch({ run, scope: found.scope }));
  return detail?.around.find(around => around.parent === 0);
}

/** Said here: a message that is too long for the connection would end it. */
function tooLongProblem(text: string, what: string, instead: string): Problem | undefined {
  if (text.length <= LARGEST_TEXT) return undefined;
  return {
    name: 'TooLongError',
    message: `${what} has ${number(text.length)} characters. The limit is ${number(LARGEST_TEXT)}. ${instead}`,
  };
}

export async function reportProblems(call: () => Promise<Problem | undefined>): Promise<boolean> {
  const problem = await problemOf(call);
  if (problem) notice(problem);
  return problem === undefined;
}

export async function problemOf(call: () => Promise<Problem | undefined>): Promise<Problem | undefined> {
  try {
    return await call();
  } catch (error) {
    return toProblem(error);
  }
}
