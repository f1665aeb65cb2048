import {
  checkItems,
  type CheckEnd,
  type CheckOutcome,
  type ItemToCheck,
} from '../../engine/runner/probe/check-items.ts';
import { readValues, type ReadValues } from '../../engine/runner/probe/read-values.ts';
import type { Args, ItemCheck, Result } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { movedFileOf } from '../runs/moved-file.ts';
import { withoutStack } from '../store/items.ts';
import type { Store } from '../store/store.ts';
import { NotTrustedError, type FolderGuard } from '../trust/folder-guard.ts';

export interface ItemChecksOptions {
  readonly store: Store;
  readonly guard: Pick<FolderGuard, 'isTrusted' | 'startRunner'>;
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  /** The runs that somebody looks at. */
  readonly watchedRuns: () => Iterable<number>;
  readonly onCheck: (check: ItemCheck) => void;
  readonly onError: (error: unknown) => void;
}

interface Checking {
  readonly controller: AbortController;
  latest: ItemCheck;
  done: Promise<void>;
}

/** Tries the items at fault of a run with the code as it is now: of runs that somebody looks at, each time a file is saved. */
export class ItemChecks {
  readonly #options: ItemChecksOptions;
  readonly #checks = new Map<number, Checking>();
  /** What reads values of a failing line. */
  readonly #reading = new Map<AbortController, Promise<unknown>>();
  #isClosed = false;

  constructor(options: ItemChecksOptions) {
    this.#options = options;
  }

  /** What the items come to with the code as it is now, as far as it is known. */
  latest(run: number): ItemCheck | undefined {
    return this.#checks.get(run)?.latest;
  }

  /** Files were saved. Where nobody has allowed to execute steps, the pages hear that they may ask. */
  async saved(files: ReadonlySet<string>): Promise<void> {
    const { watchedRuns, store, guard, onError } = this.#options;
    if (!guard.isTrusted) return;
    for (const run of new Set(watchedRuns())) {
      try {
        const { isLive, sources, items } = await store.do('checkable', run);
        if (!isLive && items.length > 0 && sources.some(source => files.has(source))) this.#begin(run, items);
      } catch (error) {
        if (!isForeseen(error)) onError(error);
      }
    }
  }

  /** A person asks for it. */
  async check(run: number, allow = false): Promise<Result<'checkItems'>> {
    const { store } = this.#options;
    const { items, isLive } = await store.do('checkable', run);
    if (isLive) return failed(stateProblem(`Run ${run} is running. Wait for its end.`));
    if (items.length === 0) return failed(stateProblem(`No items at fault are known of run ${run}.`));
    if (allow) await store.do('allowProbes', run);
    this.#begin(run, items);
    return succeeded({});
  }

  /** What the failing line names for one of them. */
  async values({ run, scope, item, allow = false }: Args<'getValues'>): Promise<Result<'getValues'>> {
    const { store, guard, fileOfWorkflow } = this.#options;
    const { items, isLive } = await store.do('checkable', run);
    if (isLive) return failed(stateProblem(`Run ${run} is running. Wait for its end.`));
    const found = items.find(other => other.scope === scope && other.item === item);
    if (!found)
      return failed(stateProblem(`Item ${item} is not known to be at fault. Look for the items at fault first.`));
    if (allow) await store.do('allowProbes', run);
    const file = await movedFileOf(store, run, fileOfWorkflow);
    if (this.#isClosed) return failed(stateProblem('The workspace is being closed.'));
    const controller = new AbortController();
    const reading = readValues({
      task: { kind: 'probe', store: store.file, run, file },
      item: found,
      start: (task, events) => guard.startRunner(task, events),
      signal: controller.signal,
      mayExecute: async () => (await store.do('checkable', run)).isAllowed,
    });
    this.#reading.set(controller, reading);
    try {
      return toldValues(await reading);
    } finally {
      this.#reading.delete(controller);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { controller } of this.#checks.values()) controller.abort();
    for (const controller of this.#reading.keys()) controller.abort();
    await Promise.all([...this.#checks.values()].map(({ done }) => done));
    await Promise.allSettled(this.#reading.values());
  }

  /** In place of a check that goes on: the file is another one by now. */
  #begin(run: number, items: readonly ItemToCheck[]): void {
    if (this.#isClosed) return;
    this.#checks.get(run)?.controller.abort();
    const checking: Checking = {
      controller: new AbortController(),
      latest: { run, begunAt: Date.now(), state: 'checking', total: items.length, results: [] },
      done: Promise.resolve(),
    };
    this.#checks.set(run, checking);
    this.#options.onCheck(checking.latest);
    checking.done = this.#check(run, items, checking);
  }

  async #check(run: number, items: readonly ItemToCheck[], checking: Checking): Promise<void> {
    const { store, guard, fileOfWorkflow, onError } = this.#options;
    const { signal } = checking.controller;
    const tell = (news: Partial<ItemCheck>): void => {
      if (signal.aborted) return;
      checking.latest = { ...checking.latest, ...news };
      this.#options.onCheck(checking.latest);
    };
    try {
      const end = await checkItems({
        store: store.file,
        run,
        file: await movedFileOf(store, run, fileOfWorkflow),
        items,
        start: (task, events) => guard.startRunner(task, events),
        signal,
        mayExecute: async () => (await store.do('checkable', run)).isAllowed,
        onChecked: (item, outcome) => tell({ results: [...checking.latest.results, resultOf(item, outcome)] }),
      });
      tell({ state: 'ended', ...endOf(end) });
    } catch (error) {
      if (!isForeseen(error) && !(error instanceof NotTrustedError)) onError(error);
      tell({ state: 'ended', problem: problemOf(error) });
    }
  }
}

function resultOf({ scope, item }: ItemToCheck, outcome: CheckOutcome): ItemCheck['results'][number] {
  return {
    scope,
    item,
    outcome: outcome.kind,
    ...(outcome.kind === 'fails' && { error: withoutStack(outcome.error) }),
  };
}

function toldValues(read: ReadValues): Result<'getValues'> {
  switch (read.kind) {
    case 'refused':
      return failed(read.problem);
    case 'not-allowed':
      return succeeded({ asks: true, values: [] });
    case 'fails':
      return succeeded({ asks: false, outcome: read.kind, error: withoutStack(read.error), values: [...read.values] });
    case 'passes':
    case 'needs-effect':
      return succeeded({ asks: false, outcome: read.kind, values: [] });
  }
}

function endOf(end: CheckEnd): Partial<ItemCheck> {
  if (end.kind === 'refused') return { problem: end.problem };
  return end.kind === 'not-allowed' ? { asks: true } : {};
}
