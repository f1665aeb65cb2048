import { DEFAULT_BUDGET } from '../../engine/runner/probe/search-batch.ts';
import { searchRun, type SearchProgress } from '../../engine/runner/probe/search-run.ts';
import type { FailedBatchToSearch, SearchSelection } from '../../engine/store/searches.ts';
import type { ItemSearch, Problem, Result } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { movedFileOf } from '../runs/moved-file.ts';
import { NotTrustedError, type FolderGuard } from '../trust/folder-guard.ts';
import { searchable, type PlainCodeOf } from './plain-code.ts';

export interface ItemSearchesOptions extends PlainCodeOf {
  readonly guard: Pick<FolderGuard, 'startRunner'>;
  /** The one file of the workspace that defines a workflow of this id. */
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  readonly onSearch: (search: ItemSearch) => void;
  readonly onError: (error: unknown) => void;
}

export interface FindRequest extends SearchSelection {
  /** A person allows to execute steps that are not `pure`: remembered for the workflow. */
  readonly allow?: boolean | undefined;
}

interface Searching {
  readonly controller: AbortController;
  latest: ItemSearch;
  done: Promise<void>;
}

/** Searches for the items at fault of runs: one at a time for each run. */
export class ItemSearches {
  readonly #options: ItemSearchesOptions;
  readonly #searching = new Map<number, Searching>();
  /** What the last search of a run came to, for pages that open the run later. */
  readonly #ended = new Map<number, ItemSearch>();
  #isClosed = false;

  constructor(options: ItemSearchesOptions) {
    this.#options = options;
  }

  /** The search that goes on in a run, or the last one that this host has begun. */
  latest(run: number): ItemSearch | undefined {
    return this.#searching.get(run)?.latest ?? this.#ended.get(run);
  }

  /** Begins a search, or answers that it has to be allowed first. */
  async find(run: number, { allow = false, ...selection }: FindRequest): Promise<Result<'findItems'>> {
    const found = await searchable(this.#options, run, selection);
    if ('message' in found) return failed(found);
    const { batches, asks } = found;
    if (batches.length === 0)
      return failed(stateProblem(`Run ${run} has no failed batches there: no items are at fault.`));
    if (asks && !allow) return succeeded({ asks: true });
    if (allow) await this.#options.store.do('allowProbes', run);
    if (this.#isClosed) return failed({ name: 'ClosedError', message: 'The workspace has been closed.' });
    if (this.#searching.has(run))
      return failed(stateProblem(`The items at fault of run ${run} are being looked for already.`));
    this.#begin(run, batches);
    return succeeded({ asks: false });
  }

  /** What it has found so far stays. */
  stop(run: number): void {
    const searching = this.#searching.get(run);
    if (!searching) return;
    searching.controller.abort();
    this.#tell(searching, { state: 'stopping' });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { controller } of this.#searching.values()) controller.abort();
    await Promise.all([...this.#searching.values()].map(({ done }) => done));
  }

  #begin(run: number, batches: readonly FailedBatchToSearch[]): void {
    const searching: Searching = {
      controller: new AbortController(),
      latest: { run, state: 'searching', batches: batches.length, batchesDone: 0, probes: 0, items: 0 },
      done: Promise.resolve(),
    };
    this.#searching.set(run, searching);
    this.#options.onSearch(searching.latest);
    searching.done = this.#search(run, batches, searching).then(end => {
      this.#searching.delete(run);
      this.#tell(searching, { state: 'ended', ...end });
      this.#ended.set(run, searching.latest);
    });
  }

  async #search(
    run: number,
    batches: readonly FailedBatchToSearch[],
    searching: Searching,
  ): Promise<Pick<ItemSearch, 'asks' | 'problem'>> {
    const { store, guard, fileOfWorkflow, onError } = this.#options;
    let problem: Problem | undefined;
    let asks = false;
    let written = Promise.resolve();
    const onProgress = ({ probes, items }: SearchProgress) => this.#tell(searching, { probes, items });
    try {
      await searchRun({
        store: store.file,
        run,
        file: await movedFileOf(store, run, fileOfWorkflow),
        batches,
        budget: DEFAULT_BUDGET,
        start: (task, events) => guard.startRunner(task, events),
        signal: searching.controller.signal,
        // The file may have changed since it was looked at.
        mayExecute: async () => (await store.do('searchable', { run, selection: { batches: [] } })).isAllowed,
        onProgress,
        onEnd: (batch, end) => {
          if (end.kind === 'refused') problem ??= end.problem;
          asks ||= end.kind === 'not-allowed';
          const search = end.kind === 'searched' ? end.search : undefined;
          written = written.then(async () => {
            if (search) await store.do('noteSearch', { run, batch, search });
            this.#tell(searching, { batchesDone: searching.latest.batchesDone + 1 });
          });
        },
      });
      await written;
    } catch (error) {
      // What was begun before it is written first, or fails for the same reason.
      await written.catch(() => undefined);
      if (!isForeseen(error) && !(error instanceof NotTrustedError)) onError(error);
      problem ??= problemOf(error);
    }
    return { asks, problem };
  }

  #tell(searching: Searching, news: Partial<ItemSearch>): void {
    const { state } = searching.latest;
    searching.latest = {
      ...searching.latest,
      ...news,
      ...(state === 'stopping' && news.state === undefined && { state }),
    };
    this.#options.onSearch(searching.latest);
  }
}
