import type { ListedRun, RunItem, WorkflowRef } from '../../host/api/api.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { RUNS_PAGE, studio } from './studio.ts';

/* What the filter of the list of runs finds. The host searches all runs: the page has only the newest ones. */

let isAsking = false;
let isStale = false;

/**
 * @param search What is typed; empty for all runs
 * @param of Only runs of this workflow
 */
export function searchRuns(search: string, of?: WorkflowRef): void {
  const isAll = search === '' && of === undefined;
  studio.setState(({ runSearch }) => ({
    // What was found before stays until the answer has come.
    runSearch: isAll ? undefined : { search, of, runs: runSearch?.runs, isComplete: false },
  }));
  if (!isAll) refresh();
}

export async function loadMoreFound(): Promise<void> {
  const { runSearch } = studio.getState();
  const before = runSearch?.runs?.at(-1)?.run;
  if (!runSearch || runSearch.isComplete || before === undefined || isAsking) return;
  const { search, of } = runSearch;
  const more = await api().listRuns({ search, ...of, limit: RUNS_PAGE, before });
  studio.setState(({ runSearch: now }) =>
    now?.search === search && now.of === of && now.runs?.at(-1)?.run === before
      ? { runSearch: { ...now, runs: [...now.runs, ...more], isComplete: more.length < RUNS_PAGE } }
      : {},
  );
}

/** A run has news. @param before What the page knew of it */
export function noteInSearch(item: RunItem, before: ListedRun | undefined): void {
  const { runSearch } = studio.getState();
  if (!runSearch) return;
  const runs = runSearch.runs?.map(run => (run.run === item.run ? item : run));
  studio.setState({ runSearch: { ...runSearch, runs } });
  // Only these change which runs are found; figures change many times a second.
  if (marks(before) !== marks(item)) refresh();
}

function marks(run: ListedRun | undefined): string | undefined {
  if (run === undefined || run.status === 'damaged') return run?.status;
  const { status, failedBatches, lostUpdates = 0, title = '', note = '', pinned = false } = run;
  return `${status} ${failedBatches > 0} ${lostUpdates > 0} ${pinned} ${title} ${note}`;
}

function refresh(): void {
  isStale = true;
  if (!isAsking) ask().catch(notice);
}

/** One question at a time: what is typed meanwhile is asked once, when the answer is there. */
async function ask(): Promise<void> {
  isAsking = true;
  try {
    while (isStale) {
      isStale = false;
      const { runSearch } = studio.getState();
      if (!runSearch) return;
      const { search, of } = runSearch;
      const runs = await api().listRuns({ search, ...of, limit: RUNS_PAGE });
      studio.setState(({ runSearch: now }) =>
        now?.search === search && now.of === of
          ? { runSearch: { ...now, runs, isComplete: runs.length < RUNS_PAGE } }
          : {},
      );
    }
  } finally {
    isAsking = false;
  }
}
