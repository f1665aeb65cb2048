import type { Args, ListedRun, Problem, RunItem } from '../../host/api/api.ts';
import { api } from './host.ts';
import { notice, toProblem } from './notice.ts';
import { closeRun } from './open-run.ts';
import { studio } from './studio.ts';

/* What a person says of runs, and how those of each workflow went: beside the list of runs itself. */

/** The pinned runs, and the last 20 of each workflow. */
export async function loadLabels(): Promise<void> {
  const [{ runs }, { workflows }] = await Promise.all([api().getPinnedRuns({}), api().getHistories({})]);
  studio.setState({ pinned: runs, histories: workflows });
}

const SOON_MS = 1_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A run has news. @param before What the page knew of it */
export function noteLabels(item: RunItem, before: ListedRun | undefined): void {
  const { pinned } = studio.getState();
  const isShownPinned = pinned.some(({ run }) => run === item.run);
  if (isShownPinned && item.pinned)
    studio.setState({ pinned: pinned.map(known => (known.run === item.run ? item : known)) });
  if (isShownPinned === (item.pinned ?? false) && before?.status === item.status) return;
  renewSoon();
}

function renewSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    if (studio.getState().connection === 'live') loadLabels().catch(notice);
  }, SOON_MS);
}

/** Resolves with why it cannot be done. */
export async function labelRun(args: Args<'labelRun'>): Promise<Problem | undefined> {
  try {
    const outcome = await api().labelRun(args);
    if (!outcome.ok) return outcome.problem;
    await loadLabels();
    return undefined;
  } catch (error) {
    return toProblem(error);
  }
}

export async function pinRun(run: number, pinned: boolean): Promise<void> {
  const problem = await labelRun({ run, pinned });
  if (problem) notice(problem);
}

/** Deletes a run for good. Resolves with why that cannot be done. */
export async function deleteRun(run: number): Promise<Problem | undefined> {
  try {
    const outcome = await api().deleteRun({ run });
    if (!outcome.ok) return outcome.problem;
    onRunGone({ run });
    return undefined;
  } catch (error) {
    return toProblem(error);
  }
}

/** A run has been deleted, here or by another command. */
export function onRunGone({ run }: { readonly run: number }): void {
  const without = (runs: readonly ListedRun[]) => runs.filter(other => other.run !== run);
  const { runSearch, runId } = studio.getState();
  studio.setState(({ runs, pinned }) => ({ runs: without(runs), pinned: without(pinned) }));
  if (runSearch?.runs) studio.setState({ runSearch: { ...runSearch, runs: without(runSearch.runs) } });
  if (runId === run) {
    closeRun();
    studio.setState({ missingRun: run, notice: { name: 'NoRunError', message: `Run ${run} was deleted.` } });
  }
  renewSoon();
}
