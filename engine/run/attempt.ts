import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writer } from '../store/records.ts';
import type { CacheEntry } from '../store/cached-outputs.ts';
import type { SharedWrite } from '../store/shared-state.ts';
import { LogBuffer } from './log-buffer.ts';
import { ItemMarks, type MarkedItem } from './items/marks.ts';
import type { Run } from './run.ts';
import type { RunLog } from './run-log.ts';
import type { RunState } from './run-state.ts';
import type { Scope } from './scope.ts';
import { AttemptState, type StateOfAttempt } from './state.ts';
import type { Stopwatch } from './clock.ts';
import { AttemptShared } from './shared-state.ts';

/** The attempt that the running code belongs to, also inside libraries: for logs, state and late errors. */
export const currentAttempt = new AsyncLocalStorage<Attempt>();

const ENDED = 'its step has ended';

export interface AttemptOf {
  readonly scope: Scope;
  readonly node: number;
  readonly path: string;
  readonly number: number;
  readonly stopwatch: Stopwatch;
}

/** One execution of an author's function. */
export class Attempt implements Writer {
  readonly scopeOf: Scope;
  readonly scope: number;
  readonly node: number;
  readonly path: string;
  readonly attempt: number;
  readonly batchAttempt: number;
  readonly stopwatch: Stopwatch;
  /** The run that it waits for, where its step runs another workflow. */
  waitsFor: (() => Run | undefined) | undefined;
  /** Takes what the author's code has thrown past every promise, where that is not the end of the attempt. */
  onFault: ((error: Error) => void) | undefined;
  /** The run whose output it was given, instead of being executed. */
  cachedRun: number | undefined;
  /** Under what its output is given to later runs, and for how many milliseconds. */
  caches: { readonly entry: CacheEntry; readonly ttl: number | undefined } | undefined;
  /** Whether the store has a row of it as running. */
  onRecord = false;
  /** Its end is on its way to the store, with what is left of its log. */
  isEnding = false;
  ended = false;
  /** Of its run, of which a process may execute several. */
  readonly log: RunLog;
  readonly #runState: RunState;
  readonly #sharedOf: Run['shared'];
  #shared: AttemptShared | undefined;
  #state: AttemptState | undefined;
  #logs: LogBuffer | undefined;
  #marks: ItemMarks | undefined;
  #controller: AbortController | undefined;
  #signalled: { readonly error: unknown } | undefined;
  /** Set by `abort`: no result of the author's code counts any more. */
  #aborted: { readonly error: unknown } | undefined;
  #doneEffects: Set<string> | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(of: AttemptOf, { log, state, shared }: Pick<Run, 'log' | 'state' | 'shared'>) {
    this.scopeOf = of.scope;
    this.scope = of.scope.id;
    this.node = of.node;
    this.path = of.path;
    this.attempt = of.number;
    this.batchAttempt = of.scope.attempt;
    this.stopwatch = of.stopwatch;
    this.log = log;
    this.#runState = state;
    this.#sharedOf = shared;
  }

  /** Made when it is first read: most steps never read it. */
  get state(): AttemptState {
    if (this.#state) return this.#state;
    this.#state = new AttemptState(this.#runState, this.scopeOf);
    if (this.ended) this.#state.close(ENDED);
    return this.#state;
  }

  /** Makes what it wrote into the state the run's; undefined where it did not look at the state. */
  applyState(): StateOfAttempt | undefined {
    return this.#state?.apply(this);
  }

  /** Made when it is first used: most steps never use it. */
  get shared(): AttemptShared {
    if (this.#shared) return this.#shared;
    this.#shared = new AttemptShared(this.#sharedOf.read, this.#sharedOf.now);
    if (this.ended) this.#shared.close(ENDED);
    return this.#shared;
  }

  /** What it has written into the state that all runs share; undefined where it did not use it. Nothing more is to come. */
  takeShared(): readonly SharedWrite[] | undefined {
    this.#shared?.close(ENDED);
    return this.#shared?.writes();
  }

  /** Made with the first line: most steps log nothing. */
  get logs(): LogBuffer {
    return (this.#logs ??= new LogBuffer());
  }

  /** Whether it has lines that are not taken yet. */
  get hasLogs(): boolean {
    return this.#logs?.isEmpty === false;
  }

  /** Which item it works on, where it says so. @throws Error outside of batches */
  get marks(): ItemMarks {
    const { batch } = this.scopeOf;
    if (!batch) throw new Error('ctx.item and ctx.each can be used inside a batch: there are no items here.');
    return (this.#marks ??= new ItemMarks(batch.items));
  }

  /** The items that it has named as at fault, when it has failed. */
  itemsAtFault(thrown: unknown): readonly MarkedItem[] {
    return this.#marks?.atFault(thrown) ?? [];
  }

  /** Keys of the effects that it has executed, or whose receipts it was given. Made with the first one. */
  get doneEffects(): Set<string> {
    return (this.#doneEffects ??= new Set());
  }

  /** Whether the run stops, its time is over, or another member has won its race. */
  get isAskedToStop(): boolean {
    return this.#signalled !== undefined;
  }

  /** @throws what has ended it before its end */
  throwIfAborted(): void {
    if (this.#aborted) throw this.#aborted.error;
  }

  /** Made when it is first read: most steps never read it, and creating an AbortSignal is expensive. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#signalled) this.#controller.abort(this.#signalled.error);
    return this.#controller.signal;
  }

  /** Asks the author's code to stop. */
  signalAbort(reason: Error): void {
    this.#signalled ??= { error: reason };
    this.#controller?.abort(reason);
  }

  /** Ends the attempt now, whether or not the author's code ever settles. */
  abort(error: Error): void {
    if (this.ended) return;
    this.#aborted = { error };
    this.signalAbort(error);
    this.#reject?.(error);
  }

  /** Whether the run that it waits for does nothing itself. */
  isAtRest(): boolean {
    return this.waitsFor?.()?.stopping.abortables.isAtRest === true;
  }

  /** Nothing can wake it any more. That may be the fault of the run that it waits for: see starved.ts. */
  starve(error: Error): boolean {
    if (this.waitsFor) return false;
    this.abort(error);
    return true;
  }

  /** The author's code has thrown something past every promise, from a timer or an event. */
  fault(error: Error): void {
    if (this.ended) return;
    if (this.onFault) this.onFault(error);
    else this.abort(error);
  }

  /** Calls the author's function. Returns its result; for a promise, one that `abort` rejects, too. */
  perform(call: () => unknown): unknown {
    const result = currentAttempt.run(this, call);
    // It may have been aborted while the author's function was being called.
    if (!isThenable(result)) {
      if (this.#aborted) throw this.#aborted.error;
      return result;
    }
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#aborted) reject(this.#aborted.error as Error);
      // Through `then` of the value itself, like `await`, so that any promise library works.
      result.then(resolve, reject);
    });
  }

  end(): void {
    this.ended = true;
    this.#reject = undefined;
    this.#state?.close(ENDED);
    this.#shared?.close(ENDED);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
