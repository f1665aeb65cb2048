import { LinkError } from '../../engine/inside-folder.ts';
import { shortIndices } from '../../common/set-aside.ts';
import { SearchStopped } from '../../engine/run/probe/find-items.ts';
import { codeOrData } from '../../engine/runner/probe/code-or-data.ts';
import { pinItems, smallestOf, writePinned } from '../../engine/runner/probe/pin-items.ts';
import { NotProbed } from '../../engine/runner/probe/probe-process.ts';
import { ProbeProcesses } from '../../engine/runner/probe/probe-processes.ts';
import type { ProbeTask } from '../../engine/runner/protocol.ts';
import { DEFAULT_BUDGET } from '../../engine/runner/probe/search-batch.ts';
import type { SmallestItem } from '../../engine/runner/probe/shrink-item.ts';
import type { Probing } from '../../engine/runner/probe/probe-process.ts';
import type { Args, Result } from '../api/api.ts';
import { failed, stateProblem, succeeded } from '../api/outcomes.ts';
import { movedFileOf } from '../runs/moved-file.ts';
import type { ItemToPin } from '../store/items.ts';
import { fileIn } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';

export interface ItemPinsOptions {
  readonly store: Store;
  readonly guard: Pick<FolderGuard, 'startRunner' | 'folder'>;
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
}

type Told = Result<'pinItem'>;
type Work = (processes: ProbeProcesses, item: ItemToPin, opened: Probing, task: ProbeTask) => Promise<Told>;

/** What is found out of one item at fault: its smallest part that fails, a test, and whether the code is at fault. */
export class ItemPins {
  readonly #options: ItemPinsOptions;
  /** What goes on, with its run. */
  readonly #going = new Map<AbortController, { readonly run: number; readonly done: Promise<unknown> }>();
  #isClosed = false;

  constructor(options: ItemPinsOptions) {
    this.#options = options;
  }

  /** The smallest item that fails with the cause of this one. */
  shrink(args: Args<'shrinkItem'>): Promise<Result<'shrinkItem'>> {
    return this.#probe(args, async (processes, { places }, { gone }) => {
      if (places.length !== 1)
        return failed(stateProblem('It fails only together with others, so it alone cannot be made smaller.'));
      const end = await smallestOf(processes, shortIndices(places, gone));
      if (end.kind === 'refused') return failed(stateProblem(end.why));
      if (end.kind === 'passes') return succeeded({ asks: false, outcome: 'passes' });
      return succeeded({ asks: false, outcome: 'fails', smallest: shown(end.smallest) });
    });
  }

  /** Writes a test of it beside the workflow. */
  pin({ smallest: isSmallest, ...args }: Args<'pinItem'>): Promise<Result<'pinItem'>> {
    const { folder } = this.#options.guard;
    return this.#probe(args, async (processes, item, { gone, hasControl }) => {
      const indices = shortIndices(item.places, gone);
      const end = await pinItems(processes, { ...item, run: args.run, indices, isSmallest }, hasControl);
      if (end.kind === 'refused') return failed(stateProblem(`No test is written. ${end.why}`));
      if (end.kind === 'passes') return succeeded({ asks: false, outcome: 'passes' });
      const { test, smallest } = end;
      if (fileIn(folder, test.file) === test.file)
        return failed(stateProblem(`No test is written. ${test.file} does not lie in the folder that is open.`));
      const { file, wasThere, missing } = writePinned(folder, test);
      const pinned = { file: fileIn(folder, file), wasThere, missing: [...missing], left: [...test.left] };
      return succeeded({ asks: false, outcome: 'fails', pinned, ...(smallest && { smallest: shown(smallest) }) });
    });
  }

  /** Whether the code or the data is at fault. */
  codeOrData(args: Args<'getCodeOrData'>): Promise<Result<'getCodeOrData'>> {
    const { run, scope } = args;
    const { store, guard } = this.#options;
    return this.#probe(args, async (processes, { places, node: path }, { gone, hasControl, code }, task) => {
      const indices = shortIndices(places, gone);
      const today = await processes.inOne(indices, false);
      const verdict = await codeOrData({
        scope,
        indices,
        today,
        good: hasControl ? await processes.control() : undefined,
        version: (await store.do('versionOfItems', { run, scope, path, code })) ?? undefined,
        task,
        start: (task, events) => guard.startRunner(task, events),
        limitMs: DEFAULT_BUDGET.ms,
      });
      return succeeded({ asks: false, outcome: today.passed ? 'passes' : 'fails', codeOrData: { ...verdict } });
    });
  }

  stop(run: number): void {
    for (const [controller, going] of this.#going) if (going.run === run) controller.abort();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const controller of this.#going.keys()) controller.abort();
    await Promise.allSettled([...this.#going.values()].map(({ done }) => done));
  }

  async #probe({ run, scope, item, allow = false }: Args<'shrinkItem'>, work: Work): Promise<Told> {
    const { store, fileOfWorkflow } = this.#options;
    const found = await store.do('toPin', { run, scope, item });
    if (found === null)
      return failed(stateProblem(`Item ${item} is not known to be at fault. Look for the items at fault first.`));
    if (found.isLive) return failed(stateProblem(`Run ${run} is running. Wait for its end.`));
    if (allow) await store.do('allowProbes', run);
    const file = await movedFileOf(store, run, fileOfWorkflow);
    if (this.#isClosed) return failed(stateProblem('The workspace is being closed.'));
    const controller = new AbortController();
    const task = { kind: 'probe', store: store.file, run, file } as const;
    const done = this.#withProcesses(task, scope, controller.signal, (processes, opened) =>
      found.isAllowed || allow || opened.isPure
        ? work(processes, found, opened, task)
        : Promise.resolve(succeeded({ asks: true })),
    );
    this.#going.set(controller, { run, done });
    try {
      return await done;
    } finally {
      this.#going.delete(controller);
    }
  }

  async #withProcesses(
    task: ProbeTask,
    scope: number,
    signal: AbortSignal,
    work: (processes: ProbeProcesses, opened: Probing) => Promise<Told>,
  ): Promise<Told> {
    const { guard } = this.#options;
    const processes = new ProbeProcesses({
      task,
      start: (task, events) => guard.startRunner(task, events),
      now: () => performance.now(),
      signal,
    });
    try {
      return await work(processes, await processes.open(scope, DEFAULT_BUDGET.ms));
    } catch (error) {
      if (signal.aborted || error instanceof SearchStopped) return succeeded({ asks: false, outcome: 'stopped' });
      if (error instanceof NotProbed) return failed(error.problem);
      if (error instanceof LinkError) return failed(stateProblem(`No test is written. ${error.message}`));
      throw error;
    } finally {
      processes.end();
    }
  }
}

/** Not the item itself, which may hold secrets. */
function shown({ text, probes, isSmallest }: SmallestItem) {
  return { text, probes, isSmallest };
}
