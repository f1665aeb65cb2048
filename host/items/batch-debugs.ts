import { systemClock } from '../../engine/run/clock.ts';
import { debugBatch, type DebugEnd } from '../../engine/runner/probe/debug/debug-batch.ts';
import type { Args, Debugging, Result } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { movedFileOf } from '../runs/moved-file.ts';
import { withoutStack } from '../store/items.ts';
import { NotTrustedError, type FolderGuard } from '../trust/folder-guard.ts';
import { searchable, type PlainCodeOf } from './plain-code.ts';

export interface BatchDebugsOptions extends PlainCodeOf {
  readonly guard: Pick<FolderGuard, 'startRunner'>;
  /** The one file of the workspace that defines a workflow of this id. */
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  readonly onDebugging: (debugging: Debugging) => void;
  readonly onError: (error: unknown) => void;
}

/** Executes failed batches in a debugger, one at a time. */
export class BatchDebugs {
  readonly #options: BatchDebugsOptions;
  #latest: Debugging | undefined;
  #controller: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: BatchDebugsOptions) {
    this.#options = options;
  }

  get latest(): Debugging | undefined {
    return this.#latest;
  }

  /** Begins, or answers that it has to be allowed first. */
  async begin(request: Args<'debugBatch'>): Promise<Result<'debugBatch'>> {
    const { run, node, batch, scope, allow = false } = request;
    const found = await searchable(this.#options, run, { node, batches: [batch] });
    if ('message' in found) return failed(found);
    const failedBatch = found.batches.find(other => other.scope === scope);
    if (!failedBatch)
      return failed(stateProblem(`Batch ${batch} of run ${run} has not failed: only failed batches are debugged.`));
    if (found.asks && !allow) return succeeded({ asks: true });
    if (allow) await this.#options.store.do('allowProbes', run);
    if (this.#isClosed) return failed({ name: 'ClosedError', message: 'The workspace has been closed.' });
    if (this.#controller)
      return failed(
        stateProblem(`Batch ${this.#latest?.batch} of run ${this.#latest?.run} is being debugged. Stop that first.`),
      );
    const controller = new AbortController();
    this.#controller = controller;
    this.#latest = { run, scope, path: failedBatch.node, batch, state: 'starting' };
    this.#options.onDebugging(this.#latest);
    this.#done = this.#debug(run, scope, controller.signal).then(end => {
      this.#controller = undefined;
      this.#tell({ state: 'ended', ...end });
    });
    return succeeded({ asks: false });
  }

  stop(): void {
    this.#controller?.abort();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.stop();
    await this.#done;
  }

  async #debug(run: number, scope: number, signal: AbortSignal): Promise<Partial<Debugging>> {
    const { store, guard, fileOfWorkflow, onError } = this.#options;
    try {
      const end = await debugBatch({
        task: { kind: 'probe', store: store.file, run, file: await movedFileOf(store, run, fileOfWorkflow) },
        scope,
        choose: () => undefined,
        start: (task, events) => guard.startRunner(task, events),
        signal,
        clock: systemClock,
        // The file may have changed since it was looked at.
        mayExecute: async () => (await store.do('searchable', { run, selection: { batches: [] } })).isAllowed,
        onNews: news =>
          this.#tell(
            news.type === 'attached'
              ? { state: 'attached' }
              : { state: 'waiting', address: news.url, ...(news.step !== undefined && { step: news.step }) },
          ),
      });
      return endOf(end);
    } catch (error) {
      if (!isForeseen(error) && !(error instanceof NotTrustedError)) onError(error);
      return { outcome: 'refused', problem: problemOf(error) };
    }
  }

  #tell(news: Partial<Debugging>): void {
    if (!this.#latest) return;
    const { address, ...before } = this.#latest;
    // Nothing answers there any more.
    const isOpen = news.state !== 'ended' && address !== undefined;
    this.#latest = { ...before, ...(isOpen && { address }), ...news };
    this.#options.onDebugging(this.#latest);
  }
}

function endOf(end: DebugEnd): Partial<Debugging> {
  switch (end.kind) {
    case 'refused':
      return { outcome: 'refused', problem: end.problem };
    case 'executed':
      if (!end.answer.passed) return { outcome: 'fails', error: withoutStack(end.answer.error) };
      return { outcome: end.answer.needsEffect === undefined ? 'passes' : 'needs-effect' };
    default:
      return { outcome: end.kind };
  }
}
