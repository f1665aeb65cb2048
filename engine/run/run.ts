import type { Database } from 'better-sqlite3';
import { decode } from '../store/codec.ts';
import { parseStoredError } from '../store/parse-stored.ts';
import type { Journal } from '../store/journal.ts';
import { batchOutputs } from '../store/outputs.ts';
import type { LogLine, Writer } from '../store/records.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { RunWriter } from '../store/run-writer.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { describeValue } from '../workflow/errors.ts';
import { nodePath } from '../../common/node-paths.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import type { Clock } from './clock.ts';
import { LogBuffer } from './log-buffer.ts';
import { noCounts, type NodeProgress } from '../../common/counts.ts';
import type { Checkpoint, Scope } from './scope.ts';
import { RunState } from './state.ts';
import { StepCounts } from './step-counts.ts';
import { StopError, type Stop } from './stop.ts';

/** Work in flight that a stop, a timeout or a lost race must be able to end. Breaking what has ended does nothing. */
export interface Abortable {
  readonly scopeOf: Scope;
  /** Ends the work now. */
  abort(error: Error): void;
  /** Asks the author's code to stop; what has no code of the author's is aborted instead. */
  signalAbort?(reason: Error): void;
}

export interface RunParts {
  readonly db: Database;
  readonly journal: Journal;
  readonly writer: RunWriter;
  readonly clock: Clock;
  readonly id: number;
  readonly uid: string;
  readonly workflowId: string;
  readonly payload: string;
  /** How long steps in flight may go on after a stop, in milliseconds. */
  readonly graceMs: number;
  readonly onLog?: ((line: LogLine, attempt: Attempt | undefined) => void) | undefined;
  readonly onBatch?: BatchListener | undefined;
}

/** Told of each change of a batch's status as it happens; `parent` is the scope its node stands in. */
export type BatchListener = (node: number, parent: number, index: number, status: BatchStatus) => void;

/** What all parts of a run in progress share: its store, state, clock, counts, and the stopping of it. */
export class Run {
  readonly db: Database;
  readonly journal: Journal;
  readonly writer: RunWriter;
  readonly clock: Clock;
  readonly id: number;
  readonly uid: string;
  readonly info: { readonly id: string; readonly workflowId: string };
  readonly state = new RunState();
  readonly progress = new Map<number, NodeProgress>();
  readonly steps = new StepCounts();
  readonly attempts = new Set<Attempt>();
  /** Batches in flight, for the marks that others see. */
  readonly batches = new Map<number, { readonly startedAt: number; onRecord: boolean }>();
  readonly #abortables = new Set<Abortable>();
  readonly #nodes = new Map<string, number>();
  readonly #paths = new Map<number, string>();
  readonly #parts: RunParts;
  /** What no step says. */
  readonly #logs = new LogBuffer();
  readonly #concurrency = new Map<string, number>();
  readonly #concurrencyListeners = new Set<() => void>();
  readonly #queries: ReturnType<typeof prepareQueries>;
  #nextScope = 1;
  #payload: { readonly value: unknown } | undefined;
  #stop: Stop | undefined;
  #endGrace: (() => void) | undefined;
  stepsExecuted = 0;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.db = parts.db;
    this.journal = parts.journal;
    this.writer = parts.writer;
    this.clock = parts.clock;
    this.id = parts.id;
    this.uid = parts.uid;
    this.#queries = prepareQueries(parts.db);
    this.info = Object.freeze({ id: String(parts.id), workflowId: parts.workflowId });
  }

  get payload(): unknown {
    this.#payload ??= { value: decode(this.#parts.payload) };
    return this.#payload.value;
  }

  /** What earlier processes left: numbers of nodes and scopes already given. */
  restore(nodes: Iterable<{ node: number; path: string }>, lastScope: number): void {
    for (const { node, path } of nodes) {
      this.#nodes.set(path, node);
      this.#paths.set(node, path);
    }
    this.#nextScope = lastScope + 1;
  }

  /** The short number that stands for a node in the store. */
  nodeId(path: string, kind: string): number {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const node = this.#nodes.size + 1;
    this.#nodes.set(path, node);
    this.#paths.set(node, path);
    this.journal.write(() => this.writer.node(node, path, kind));
    return node;
  }

  newScope(): number {
    return this.#nextScope++;
  }

  progressOf(node: number, path: string): NodeProgress {
    let progress = this.progress.get(node);
    if (!progress)
      this.progress.set(node, (progress = { path, batches: noCounts(), items: noCounts(), complete: false }));
    return progress;
  }

  /** `flow.state`: the state of whichever step is running. */
  get currentState(): unknown {
    const attempt = currentAttempt.getStore();
    if (attempt) return attempt.state;
    throw new Error('flow.state can be used inside a step. Where a body is built, no step is running yet.');
  }

  /** `flow.signal`: that of whichever step is running. */
  get currentSignal(): AbortSignal {
    const attempt = currentAttempt.getStore();
    if (attempt) return attempt.signal;
    throw new Error('flow.signal can be used inside a step. Where a body is built, no step is running yet.');
  }

  results(scope: Scope, name: string): AsyncIterable<unknown> {
    for (let at: Scope | undefined = scope; at; at = at.parent) {
      const node = this.#nodes.get(nodePath(at.path, name));
      if (node !== undefined && this.progress.has(node))
        return batchOutputs(this.db, { run: this.id, node, parent: at.id });
    }
    throw new Error(`ctx.results(${describeValue(name)}): there is no batch or forEach of that name before this step.`);
  }

  log(line: LogLine, attempt: Attempt | undefined): void {
    const logs = attempt?.logs ?? this.#logs;
    if (logs.add(line)) this.#parts.onLog?.(line, attempt);
    if (attempt && !attempt.ended) return;
    // A step that has ended writes its log no more. What it goes on to say, a timer left behind for example, has the same bounds.
    const late = logs.takeLate(line.at);
    if (late.length === 0) return;
    const writer: Writer | undefined = attempt && {
      scope: attempt.scope,
      node: attempt.node,
      attempt: attempt.attempt,
    };
    this.journal.write(() => this.writer.logs(writer, late));
  }

  /** How many batches of a node may run at a time, where that was changed while it runs. */
  concurrencyOf(path: string): number | undefined {
    return this.#concurrency.get(path);
  }

  /** Changes how many batches of a node may run at a time, from now on and in this process. */
  setConcurrency(path: string, value: number): void {
    this.#concurrency.set(path, value);
    for (const listener of this.#concurrencyListeners) listener();
  }

  onConcurrency(listener: () => void): () => void {
    this.#concurrencyListeners.add(listener);
    return () => this.#concurrencyListeners.delete(listener);
  }

  batchChanged(node: number, parent: number, index: number, status: BatchStatus): void {
    this.#parts.onBatch?.(node, parent, index, status);
  }

  /** The stored items of a batch as its given attempt began with them, in the codec's text. */
  itemsOf(scope: number, attempt: number): string {
    const row = this.#queries.items.get(this.id, scope, attempt);
    if (!row) throw new Error(`The items of batch ${scope} are not in the store.`);
    return row.items;
  }

  /** The output of a step as it was kept, in the codec's text. */
  outputOf(scope: Scope, { node, attempt }: Checkpoint): string | undefined {
    return this.#queries.output.get(this.id, scope.id, node, attempt)?.output;
  }

  /** The error of the first failed batch of a node, whichever process it failed in. */
  firstFailure(node: number, parent: number): StoredError | undefined {
    const row = this.#queries.firstFailure.get(this.id, node, parent, BatchStatus.failed);
    return row && parseStoredError(row.error);
  }

  /** Failed batches and rounds inside a scope, however deep, of nodes that are not done. */
  failedInside(scope: number): { scope: number; node: number; parent: number; index: number; items: number }[] {
    const failed = this.#queries.failedInside.all(this.id, scope, BatchStatus.failed, StepStatus.succeeded);
    return failed.flatMap(batch => [batch, ...this.failedInside(batch.scope)]);
  }

  /** How many batches and items of a node the store holds. */
  storedCounts(node: number, parent: number): { batches: number; items: number } {
    return this.#queries.counts.get(this.id, node, parent, BatchStatus.superseded) ?? { batches: 0, items: 0 };
  }

  // Stopping

  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** No step begins any more; those in flight are asked to stop, and after the grace period are not waited for. */
  requestStop(stop: Stop): void {
    if (this.#stop) return;
    this.#stop = stop;
    const error = new StopError(stop);
    for (const abortable of [...this.#abortables]) {
      if (abortable.signalAbort) abortable.signalAbort(error);
      else abortable.abort(error);
    }
    this.#endGrace = this.clock.after(this.#parts.graceMs, () => this.abortAll(error));
  }

  /** To be called when the run has ended: a timer left behind would keep the process alive. */
  close(): void {
    this.#endGrace?.();
  }

  /** Ends all work in flight at once. */
  abortAll(error: Error): void {
    for (const abortable of [...this.#abortables]) abortable.abort(error);
  }

  /** @throws StopError, or what ended the scope */
  check(scope: Scope): void {
    if (this.#stop) throw new StopError(this.#stop);
    const broken = scope.abortedWith();
    if (broken) throw broken;
  }

  /** To be awaited before any of the author's code runs: all that it builds on is then durable. */
  async ready(scope: Scope): Promise<void> {
    this.check(scope);
    await this.journal.committed();
    this.check(scope);
  }

  abortScope(scope: Scope, error: Error): void {
    scope.abortedBy = error;
    for (const abortable of [...this.#abortables]) {
      if (abortable.scopeOf.isWithin(scope)) abortable.abort(error);
    }
  }

  register(abortable: Abortable): void {
    this.#abortables.add(abortable);
  }

  unregister(abortable: Abortable): void {
    this.#abortables.delete(abortable);
  }

  /** Waits for an author's promise, which may never settle. @throws also what ends the scope or, after its grace period, the run meanwhile */
  async orAborted(promise: Promise<unknown>, scope: Scope): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = () => this.unregister(waiting);
      const waiting: Abortable = {
        scopeOf: scope,
        abort: error => {
          done();
          reject(error);
        },
        signalAbort: () => undefined,
      };
      this.register(waiting);
      promise.then(() => resolve(), reject).finally(done);
    });
  }

  /** Waits on the run's clock. @throws StopError, or what ended the scope or the wait itself meanwhile */
  async wait(ms: number, scope: Scope, onWork?: (waiting: Abortable) => void): Promise<void> {
    this.check(scope);
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        cancel();
        this.unregister(waiting);
      };
      const waiting: Abortable = {
        scopeOf: scope,
        abort: error => {
          done();
          reject(error);
        },
      };
      const cancel = this.clock.after(ms, () => {
        done();
        resolve();
      });
      this.register(waiting);
      onWork?.(waiting);
    });
  }
}

function prepareQueries(db: Database) {
  return {
    items: db.prepare<[number, number, number], { items: string }>(
      'select items from batch_items where run = ? and scope = ? and attempt <= ? order by attempt desc limit 1',
    ),
    output: db.prepare<[number, number, number, number], { output: string }>(
      'select output from steps where run = ? and scope = ? and node = ? and attempt = ?',
    ),
    firstFailure: db.prepare<[number, number, number, number], { error: string }>(
      'select error from batches where run = ? and node = ? and parent = ? and status = ? and error is not null order by idx limit 1',
    ),
    failedInside: db.prepare<
      [number, number, number, number],
      { scope: number; node: number; parent: number; index: number; items: number }
    >(
      `select scope, node, parent, idx as "index", items from batches b where run = ? and parent = ? and status = ?
       and not exists (select 1 from steps s where s.run = b.run and s.scope = b.parent and s.node = b.node and s.status = ?)`,
    ),
    counts: db.prepare<[number, number, number, number], { batches: number; items: number }>(
      'select count(*) as batches, coalesce(sum(items), 0) as items from batches where run = ? and node = ? and parent = ? and status <> ?',
    ),
  };
}
