import { BatchStatus } from '../../../common/status.ts';
import type { WorkerCount } from '../../../common/workers.ts';
import type { Abortable } from '../abort-registry.ts';
import type { BatchFailure } from '../batch-attempt.ts';
import type { QueuedBatch } from '../batch-queue.ts';
import type { RunReader } from '../../store/run-reader.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import { BatchCancelled, StopError } from '../stop.ts';
import { toStoredError } from '../stored-error.ts';
import { ready } from '../waits.ts';
import { applyEntry } from './apply-entry.ts';
import { Inbox } from './inbox.ts';
import { LocalPool } from './local-pool.ts';
import { placeOf } from './place-of.ts';
import type { WorkerPool } from './pool.ts';
import { RemotePool } from './remote-pool.ts';
import {
  type Beginning,
  WORKER_PROTOCOL,
  type Ack,
  type Entry,
  type FromWorker,
  type Job,
  type JobId,
} from './protocol.ts';
import type { EffectWrites } from './recorded-writes.ts';
import { idOf, loses, newJob, resultOf, tooLarge, type OpenNode, type RunningJob } from './running-job.ts';
import type { StoreServer } from './store-server.ts';
import type { LossKind, NodeOfBatches, RemoteSource, StartWorker, WorkerBatches, Workers } from './workers.ts';
import { WorkerAnswers } from './worker-answers.ts';
import { WorkerHandle } from './worker-handle.ts';
import { WorkerRoll } from './worker-roll.ts';

interface CoordinatorOptions {
  readonly run: Run;
  readonly stored: RunReader;
  /** Writes what comes of effects. */
  readonly effects: EffectWrites;
  /** For workers that cannot read the store's file. */
  readonly store: StoreServer;
  /** Where workers come from: processes that are started when they are needed, or those of other machines. */
  readonly workers: StartWorker | RemoteSource;
  /** What the code of the runner is: a worker has the same. */
  readonly code: string;
  readonly graceMs: number;
  readonly row: Beginning['run'];
  /** Whether the batches of the node of this path are executed by the runner: they wait for people or events. */
  readonly staysHere: (path: string) => boolean;
  /** For nodes that say nothing of workers. */
  readonly count?: WorkerCount | undefined;
}

/** A runner's side: hands out batches, and writes what comes back of them. Knows nothing of how messages travel. */
export class Coordinator implements Workers {
  readonly #options: CoordinatorOptions;
  readonly #run: Run;
  readonly #pool: WorkerPool;
  /** By scope: one attempt of a batch at a time. */
  readonly #jobs = new Map<number, RunningJob>();
  /** Jobs without a worker, the oldest first. */
  #queue: RunningJob[] = [];
  readonly #answers: WorkerAnswers;
  #places = 0;
  readonly #roll: WorkerRoll;
  #isClosed = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const { run } = options;
    this.#run = run;
    this.#roll = new WorkerRoll(run, options.stored);
    this.#answers = new WorkerAnswers(run, options.store);
    this.#pool = this.#poolOf(options.workers);
    run.state.onPut = key => {
      for (const worker of this.#pool.all) worker.stateChanged(key);
    };
    run.concurrency.onChange((node, value) => {
      for (const worker of this.#pool.all) worker.tell({ type: 'concurrency', node, value });
      this.#handOut();
    });
    run.stopping.abortables.register({
      scopeOf: new Scope(0, { path: '' }),
      abort: () => undefined,
      starve: () => false,
      isAtRest: () => true,
      signalAbort: () => {
        const { stop } = run.stopping;
        if (stop) for (const worker of this.#pool.all) worker.tell({ type: 'stop', as: stop.as, reason: stop.reason });
      },
    });
  }

  open(of: NodeOfBatches): WorkerBatches | undefined {
    const count = this.#pool.countFor(of.node.policy.workers);
    if (count === undefined || this.#options.staysHere(of.path)) return undefined;
    this.#places += 1;
    const node: OpenNode = { of, place: placeOf(this.#run, this.#places, of), count };
    const { id } = node.place;
    this.#pool.opened({ place: id, count, concurrency: of.concurrency });
    const pool = this.#pool;
    return {
      get ahead() {
        return pool.aheadOf(id);
      },
      attempt: (batch, scope, attempts) => this.#attempt(node, batch, scope, attempts),
      close: () => {
        pool.closed(id);
        for (const worker of this.#pool.all) worker.forget(node.place.id);
      },
    };
  }

  get isBusy(): boolean {
    return this.#jobs.size > 0;
  }

  look(): void {
    if (this.#roll.size === 0 || this.#isClosed) return;
    for (const number of this.#options.stored.drainsAsked()) {
      const worker = this.#roll.withNumber(number);
      if (worker && !worker.isDraining) this.#drain(worker);
    }
  }

  beat(): void {
    this.#roll.beat();
  }

  writeEnd(): void {
    this.#roll.close();
  }

  close(why: string | undefined): void {
    this.#isClosed = true;
    this.#pool.close(why);
  }

  async #attempt(
    node: OpenNode,
    batch: QueuedBatch,
    scope: Scope,
    attempts: number,
  ): Promise<BatchFailure | undefined> {
    const run = this.#run;
    await ready(run, scope);
    const refused = tooLarge(batch.text, this.#pool.mostBytes);
    if (refused) return refused;
    const job = newJob(run, { node, batch, scope, attempts });
    const abortable = this.#abortableOf(job);
    this.#jobs.set(scope.id, job);
    run.stopping.abortables.register(abortable);
    try {
      this.#queue.push(job);
      this.#handOut();
      return resultOf(run, scope, await job.done.promise);
    } finally {
      run.stopping.abortables.unregister(abortable);
      job.cancelTimer?.();
      this.#forget(job);
    }
  }

  /** How a stop, and what ends the scopes around a batch, get to its job. */
  #abortableOf(job: RunningJob): Abortable {
    const { clock } = this.#run;
    const end = (error: Error) => {
      if (!job.worker) {
        this.#settle(job, error);
        return;
      }
      job.ending = error;
      const { name, message } = error;
      // The worker asks its steps itself, and ends them at the same time as this process would.
      if (!(error instanceof StopError)) job.worker.tell({ type: 'abort', id: idOf(job), name, message });
      const { worker } = job;
      job.cancelTimer?.();
      job.cancelTimer = clock.after(this.#pool.answerWithinMs, () => {
        if (job.worker !== worker) return;
        // A step holds the process up. Other batches of it go to another worker.
        worker.kill();
        this.#lost(worker, 'ended', 'a step did not end in time');
      });
    };
    return {
      scopeOf: job.scope,
      abort: end,
      starve: () => false,
      signalAbort: error => {
        // No worker has it: nothing of it is in flight.
        if (!job.worker) this.#settle(job, error);
      },
    };
  }

  /** Ends a job without its worker. */
  #settle(job: RunningJob, error: Error): void {
    job.counts.takeBack();
    this.#forget(job);
    if (error instanceof StopError) job.done.resolve({ kind: 'stopped' });
    else if (error instanceof BatchCancelled) job.done.resolve({ kind: 'cancelled', error: toStoredError(error) });
    else job.done.resolve({ kind: 'failed', error: toStoredError(error), again: undefined, findings: [] });
  }

  #forget(job: RunningJob): void {
    if (this.#jobs.get(job.scope.id) === job) this.#jobs.delete(job.scope.id);
    const { worker } = job;
    if (!worker) this.#queue = this.#queue.filter(other => other !== job);
    worker?.jobs.delete(job.scope.id);
    worker?.sent.delete(job.scope.id);
    worker?.hold();
    job.worker = undefined;
    if (worker?.isDraining) this.#endIfDrained(worker);
    this.#handOut();
  }

  // Workers

  /** Gives waiting jobs to workers, the one with the fewest first, and starts workers where there are too few. */
  #handOut(): void {
    if (this.#isClosed) return;
    this.#pool.divide();
    const left: RunningJob[] = [];
    /** Nobody takes more of these now. There may be thousands of jobs, and of workers. */
    const full = new Set<OpenNode>();
    for (const job of this.#queue.splice(0)) {
      const { count, of, place } = job.node;
      const worker = full.has(job.node)
        ? undefined
        : this.#pool.workerFor({ place: place.id, count, concurrency: of.concurrency });
      if (worker) this.#give(job, worker);
      else {
        full.add(job.node);
        left.push(job);
      }
    }
    // While it was given out, more may have come.
    this.#queue = [...left, ...this.#queue];
  }

  #poolOf(workers: StartWorker | RemoteSource): WorkerPool {
    const { row, run, count } = this.#options;
    if (typeof workers === 'function')
      return new LocalPool({ count, start: () => this.#begin(workers, Number.POSITIVE_INFINITY) });
    return new RemotePool(workers, {
      uid: row.uid,
      onWorker: (start, concurrency) => this.#begin(start, concurrency),
      onOtherCode: workers => this.#roll.othersAre(workers),
      isDrained: address => this.#roll.isDrained(address),
      isWaiting: () => this.#queue.length > 0 && !this.#pool.all.some(({ isReady }) => isReady),
      say: (level, text) => run.log.add({ at: run.clock.now(), level, text }, undefined),
    });
  }

  #begin(start: StartWorker, concurrency: number): void {
    const { run } = this.#options;
    const worker: WorkerHandle = new WorkerHandle(run.state, concurrency, start, {
      onMessage: message => this.#hear(worker, message),
      onLost: (reason, kind = 'ended') => this.#lost(worker, kind, reason),
      onDraining: () => this.#drain(worker),
      onReturn: id => this.#returned(worker, id),
      onSlots: (place, number) => {
        this.#pool.confirm(worker, place, number);
        this.#handOut();
      },
    });
    this.#pool.add(worker);
    this.#roll.begins(worker);
    worker.begin({
      protocol: WORKER_PROTOCOL,
      cache: run.cache,
      run: this.#options.row,
      graceMs: this.#options.graceMs,
      nodes: [...run.numbering.nodes()],
      state: Array.from(run.state.keys(), key => run.state.told(key)),
      concurrency: [...run.concurrency.values()],
    });
  }

  #give(job: RunningJob, worker: WorkerHandle): void {
    const { node, batch, scope, attempts, startedAt } = job;
    job.worker = worker;
    job.givenAt = this.#run.clock.elapsed();
    worker.jobs.set(scope.id, node.place.id);
    job.turns = this.#pool.turnsOf(worker, node.place.id);
    worker.sent.add(scope.id);
    worker.hold();
    this.#noteWorker(scope, this.#roll.numberOf(worker));
    const message: Job = {
      ...idOf(job),
      place: node.place.id,
      index: batch.index,
      items: batch.items,
      text: batch.text,
      fresh: scope.fresh,
      attempts,
      startedAt,
    };
    worker.give(node.place, message, job.turns > 1);
  }

  /** Who executes it stands with the batch when it is next written. */
  #noteWorker(scope: Scope, number: number): void {
    const { inFlight, journal, writer } = this.#run;
    scope.worker = number;
    const mark = inFlight.batches.get(scope.id);
    if (!mark) return;
    mark.worker = number;
    const { startedAt } = mark;
    if (mark.onRecord) journal.write(() => writer.batchRuns(scope.id, startedAt, BatchStatus.running, number));
  }

  /** It finishes what it has. */
  #drain(worker: WorkerHandle): void {
    if (worker.isDraining || !this.#pool.mayDrain(worker)) return;
    worker.isDraining = true;
    this.#roll.becomes(worker, 'draining');
    this.#endIfDrained(worker);
    this.#handOut();
  }

  /** It was not begun: another worker executes it, unless it is to end. */
  #returned(worker: WorkerHandle, id: JobId): void {
    const job = this.#jobs.get(id.scope);
    if (job?.worker !== worker || job.epoch !== id.epoch || job.attempt !== id.attempt) return;
    const { stop } = this.#run.stopping;
    job.worker = undefined;
    worker.jobs.delete(id.scope);
    if (job.ending) this.#settle(job, job.ending);
    else if (stop) this.#settle(job, new StopError(stop));
    else this.#queue.unshift(job);
    if (worker.isDraining) this.#endIfDrained(worker);
    this.#handOut();
  }

  #endIfDrained(worker: WorkerHandle): void {
    if (worker.jobs.size > 0 || worker.isLost || this.#isClosed) return;
    this.#roll.ends(worker, 'drained');
    worker.isLost = true;
    this.#pool.remove(worker);
    this.#answers.leaves(worker);
    worker.kill('this worker has drained');
  }

  #hear(worker: WorkerHandle, message: FromWorker): void {
    if (worker.isLost || this.#isClosed) return;
    this.#roll.heard(worker);
    switch (message.type) {
      case 'ready':
        this.#ready(worker, message.protocol, message.code);
        break;
      case 'refused':
        this.#refused(worker, message.reason);
        break;
      case 'beat':
        this.#roll.uses(worker, message.memoryBytes);
        break;
      case 'bundle':
        this.#take(worker, message.entries);
        break;
      default:
        this.#answers.hear(worker, message);
    }
  }

  #ready(worker: WorkerHandle, protocol: number, code: string): void {
    if (protocol !== WORKER_PROTOCOL)
      return this.#refused(worker, `it speaks version ${protocol} of the protocol, not ${WORKER_PROTOCOL}`);
    if (code !== this.#options.code)
      return this.#refused(
        worker,
        'the workflow file, or a file that it imports, has changed since the run began',
        'other',
      );
    this.#pool.note('ready');
    worker.isReady = true;
    this.#roll.becomes(worker, 'working');
    this.#handOut();
  }

  #refused(worker: WorkerHandle, reason: string, code?: 'other'): void {
    this.#roll.ends(worker, 'refused', reason, code);
    worker.kill();
    this.#pool.note('refused');
    this.#lost(worker, 'ended', reason);
  }

  /** Its batches go to another worker, from their last checkpoints. */
  #lost(worker: WorkerHandle, kind: LossKind, reason: string): void {
    if (worker.isLost) return;
    worker.isLost = true;
    this.#pool.remove(worker);
    if (this.#isClosed) return;
    const { run } = this.#options;
    this.#roll.ends(worker, 'lost', reason);
    if (!worker.isReady) this.#pool.note('failed');
    const jobs = [...this.#jobs.values()].filter(job => job.worker === worker);
    const now = run.clock.now();
    const text = `${nameOf(worker)}: ${reason}. Its batches go to another: ${jobs.length} in flight.`;
    if (!run.stopping.stop) run.log.add({ at: now, level: 'warn', text }, undefined);
    const number = this.#roll.numberOf(worker);
    const scopes = jobs.map(({ scope }) => scope.id);
    if (scopes.length > 0) run.journal.write(() => run.writer.putBackInside(scopes, now));
    for (const job of jobs) this.#takeFromLost(job, { number, kind, reason });
    if (this.#pool.all.length === 0 && this.#pool.isHopeless)
      run.stopping.request({ as: 'interrupted', reason: `no worker can be started: ${reason}` });
    // The next worker reads what this one has come to in the store, so that has to be there.
    run.journal.committed().then(
      () => {
        // An effect that it was working at is begun, and not done: whoever is next finds that.
        this.#answers.leaves(worker);
        this.#queue = [...jobs.filter(job => this.#jobs.get(job.scope.id) === job), ...this.#queue];
        this.#handOut();
      },
      // The run ends with that: see Journal.
      () => undefined,
    );
  }

  #takeFromLost(job: RunningJob, loss: { number: number; kind: LossKind; reason: string }): void {
    const { run } = this.#options;
    const { scope } = job;
    const { number, kind, reason } = loss;
    job.worker = undefined;
    job.counts.takeBack();
    const mark = run.inFlight.batches.get(scope.id);
    const now = run.clock.now();
    const lost = idOf(job);
    run.journal.write(() => {
      run.writer.takenFrom(number, lost, now);
      if (mark?.onRecord) run.writer.batchRuns(scope.id, mark.startedAt, BatchStatus.running, number);
    });
    if (mark) run.progress.batchChanged(mark.node, mark.parent, mark.index, BatchStatus.running);
    job.epoch += 1;
    job.inbox = new Inbox();
    scope.fresh = false;
    const { stop } = run.stopping;
    if (job.ending) return this.#settle(job, job.ending);
    if (stop) return this.#settle(job, new StopError(stop));
    const tooMany = loses(job, kind, reason);
    if (tooMany) this.#settle(job, tooMany);
  }

  // What comes back

  #take(worker: WorkerHandle, entries: readonly Entry[]): void {
    const acks: Ack[] = [];
    for (const early of entries) {
      const job = this.#jobs.get(early.scope);
      // Of an earlier epoch or attempt: it changes nothing.
      if (!job || job.epoch !== early.epoch || job.attempt !== early.attempt) continue;
      for (const entry of job.inbox.take(early)) {
        const ack = this.#apply(job, worker, entry);
        if (entry.awaited) acks.push(ack);
      }
    }
    if (acks.length === 0) return;
    this.#run.journal.committed().then(
      () => worker.acknowledge(acks),
      // The run ends with that: see Journal.
      () => undefined,
    );
  }

  #apply(job: RunningJob, worker: WorkerHandle, entry: Entry): Ack {
    const of = { counts: job.counts, worker: this.#roll.numberOf(worker) };
    const ack = applyEntry(this.#run, this.#options.effects, of, entry);
    worker.sent.delete(job.scope.id);
    this.#roll.began(worker, entry.progress?.executed ?? 0);
    if (entry.kind === 'end') {
      this.#roll.batchEnded(worker);
      this.#pool.ended(job.node.place.id, this.#run.clock.elapsed() - job.givenAt, job.turns);
      this.#jobs.delete(job.scope.id);
      job.done.resolve(entry.outcome);
    }
    return { ...idOf(job), ...ack };
  }
}

/** For the log of the run. */
function nameOf({ about: { host, address } }: WorkerHandle): string {
  return address === undefined ? 'A worker process has ended' : `The worker on ${host} is lost`;
}
