import { Stopwatch, type Clock } from '../clock.ts';
import { StoredEffects } from '../effects/stored-effects.ts';
import type { LogLine } from '../../store/records.ts';
import type { Definition } from '../../workflow/nodes.ts';
import type { Attempt } from '../attempt.ts';
import { executeBatchAttempt, scopeOfBatch, type BatchFailure } from '../batch-attempt.ts';
import { ConcurrencyDial } from '../concurrency-dial.ts';
import { showInFlight } from '../heartbeat.ts';
import { runChain } from '../interpreter.ts';
import { Run, type WorkerParts } from '../run.ts';
import { RunFacts } from '../run-facts.ts';
import { RunLog } from '../run-log.ts';
import type { Scope } from '../scope.ts';
import type { EffectReads, StoredReads } from '../stored-reads.ts';
import { endWhatWaitsForEver } from '../starved.ts';
import type { Stop } from '../stop.ts';
import { BatchCancelled, StopError, TimeoutError } from '../stop.ts';
import { toStoredError } from '../stored-error.ts';
import { JobJournal } from './job-journal.ts';
import { WorkerNumbers } from './numbers.ts';
import { buildPlace, type BuiltPlace } from './places.ts';
import type { ProgressTold } from './progress-change.ts';
import { jobKey, type Ack, type Beginning, type Entry, type FromWorker, type Job, type JobId } from './protocol.ts';
import type { JobOutcome, Place, SaidLine, ToWorker } from './protocol.ts';
import { plainWriter } from './recorded-writes.ts';
import type { AskStore, StoreAnswer } from './store-requests.ts';
import { Questions } from './questions.ts';
import { StateReplica } from './state-replica.ts';
import { WorkerEffects, type EffectLocks } from './worker-effects.ts';
import { WorkerLimits } from './worker-limits.ts';
import type { WriteEnd } from './workers.ts';

/** How often what is in flight goes on record. */
const SHOW_EVERY_MS = 250;
/** Jobs that have ended and may be named again by a message that comes late or twice. */
const MOST_REMEMBERED = 10_000;

export interface ExecutorOptions {
  readonly definition: Definition;
  /** Opens the store to read. A worker without its file asks its runner: later, or by a way of its own. */
  readonly openStore: (askLater: AskStore['later']) => WorkerStore;
  readonly beginning: Beginning;
  readonly send: (message: FromWorker) => void;
  /** Whether it waits for an answer of the runner, or has nothing to do: the channel has to keep the process alive. */
  readonly onWaiting?: (isWaiting: boolean) => void;
  /** A defect of the engine: what the worker has done since it last sent something is lost. */
  readonly onDefect: (error: unknown) => void;
}

/** What a worker reads. It writes nothing. */
export interface WorkerStore {
  readonly stored: StoredReads;
  readonly effects: EffectReads;
  /** Of the runner. */
  readonly clock: Clock;
  /** See StoredEffects. */
  readonly callEffectsWithinMs?: number | undefined;
}

interface RunningJob {
  readonly job: Job;
  readonly journal: JobJournal;
  run: Run | undefined;
  scope: Scope | undefined;
}

/** A worker's side: executes jobs, and sends what they come to. Knows nothing of how messages travel. */
export class BatchExecutor {
  readonly #options: ExecutorOptions;
  readonly #facts: RunFacts;
  readonly #store: WorkerStore;
  readonly #log: RunLog;
  readonly #numbers: WorkerNumbers;
  readonly #replica = new StateReplica();
  readonly #dial = new ConcurrencyDial();
  readonly #limits: WorkerLimits;
  readonly #locks: EffectLocks;
  readonly #jobs = new Map<string, RunningJob>();
  /** Jobs that have ended here, were ended before they came, or came before their place. */
  readonly #over = new Set<string>();
  readonly #places = new Map<number, PromiseWithResolvers<BuiltPlace>>();
  readonly #known = new Set<number>();
  readonly #hasScopes = Promise.withResolvers<void>();
  readonly #asked = new Questions<void>();
  readonly #askedOfStore = new Questions<StoreAnswer>();
  readonly #dirty = new Set<JobJournal>();
  #entries: Entry[] = [];
  #said: SaidLine[] = [];
  #isScheduled = false;
  /** State commits with an `update` go one after the other: beside each other all but the first would be computed twice. */
  #updates: Promise<unknown> = Promise.resolve();
  #stop: Stop | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitsForScopes = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    const { beginning, send } = options;
    this.#facts = new RunFacts(beginning.run);
    this.#store = options.openStore(request =>
      this.#ask(this.#askedOfStore, ask => ({ type: 'ask-store', ask, request })),
    );
    this.#numbers = new WorkerNumbers({
      scopes: () => this.#askForScopes(),
      nodes: nodes => this.#ask(this.#asked, ask => ({ type: 'nodes', ask, nodes })),
    });
    this.#limits = new WorkerLimits((node, limits, items) =>
      this.#ask(this.#asked, ask => ({ type: 'start', ask, node, limits, items })),
    );
    this.#locks = {
      take: key => this.#ask(this.#asked, ask => ({ type: 'take-effect', ask, key })),
      release: key => send({ type: 'release-effect', key }),
    };
    this.#log = new RunLog(
      { write: statement => statement() },
      { logs: (of, lines) => send({ type: 'late-logs', logs: [{ of: of && plainWriter(of), lines }] }) },
      (line, by) =>
        this.#say({ line, by: by && { path: by.path, attempt: by.attempt, batch: by.scopeOf.batch?.index } }),
    );
    this.#numbers.learn(beginning.nodes);
    this.#replica.begin(beginning.state);
    for (const [path, value] of beginning.concurrency) this.#dial.set(path, value);
    this.#askForScopes();
  }

  /** That of the runner. */
  get clock(): Clock {
    return this.#store.clock;
  }

  /** For lines of the author's code. */
  get log(): RunLog {
    return this.#log;
  }

  hear(message: ToWorker): void {
    switch (message.type) {
      case 'begin':
        return;
      case 'place':
        this.#learnPlace(message.place);
        break;
      case 'forget':
        this.#places.delete(message.place);
        break;
      case 'job':
        this.#replica.once(message.after, () => this.#begin(message.job));
        break;
      case 'acks':
        this.#replica.once(message.after, () => this.#acknowledge(message.acks));
        break;
      case 'state':
        this.#replica.learn(message.number, message.entries);
        break;
      case 'numbers':
        this.#numbers.learn(message.nodes);
        this.#asked.answer(message.ask);
        break;
      case 'scopes':
        this.#numbers.addScopes(message.first, message.count);
        this.#waitsForScopes = false;
        this.#hasScopes.resolve();
        break;
      case 'go-on':
        this.#asked.answer(message.ask);
        break;
      case 'store-answer':
        this.#askedOfStore.answer(message.ask, message.answer);
        break;
      case 'concurrency':
        this.#dial.set(message.node, message.value);
        break;
      case 'stop':
        this.#stop = message;
        for (const { run } of this.#jobs.values()) run?.stopping.request(message);
        break;
      case 'abort':
        this.#abort(message.id, message.name, message.message);
        break;
    }
    this.#tellWaiting();
  }

  /** Nothing is left in the process that could wake a step. */
  starve(): void {
    for (const { run } of this.#jobs.values()) if (run) endWhatWaitsForEver(run);
  }

  #placeOf(id: number): PromiseWithResolvers<BuiltPlace> {
    let place = this.#places.get(id);
    if (!place) {
      this.#places.set(id, (place = Promise.withResolvers()));
      place.promise.catch(() => undefined);
    }
    return place;
  }

  #learnPlace(place: Place): void {
    if (this.#known.has(place.id)) return;
    this.#known.add(place.id);
    this.#numbers.learn(place.numbers);
    const { resolve, reject } = this.#placeOf(place.id);
    const journal = new JobJournal(
      { scope: 0, attempt: 0, epoch: 0 },
      () => undefined,
      () => undefined,
    );
    buildPlace(this.#newRun(journal, place), this.#options.definition, place).then(resolve, reject);
  }

  #begin(job: Job): void {
    const key = jobKey(job);
    if (this.#jobs.has(key) || this.#over.has(key)) return;
    const journal = new JobJournal(
      { scope: job.scope, attempt: job.attempt, epoch: job.epoch },
      () => this.#scheduleFlush(journal),
      entry => {
        this.#entries.push(entry);
        this.#scheduleFlush(undefined);
      },
    );
    const running: RunningJob = { job, journal, run: undefined, scope: undefined };
    this.#jobs.set(key, running);
    this.#timer ??= setInterval(() => this.#showAll(), SHOW_EVERY_MS).unref();
    void this.#execute(running).then(outcome => {
      journal.end(outcome);
      this.#leaveIfOver(running);
    });
    this.#tellWaiting();
  }

  /** Never rejects. */
  async #execute(running: RunningJob): Promise<JobOutcome> {
    const { job, journal } = running;
    try {
      const { place, node, parent } = await this.#placeOf(job.place).promise;
      await this.#hasScopes.promise;
      const run = this.#newRun(journal, place);
      const batch = { ...job };
      const scope = scopeOfBatch(run, { node, path: place.path, parent }, batch, true);
      running.run = run;
      running.scope = scope;
      run.inFlight.batches.set(job.scope, {
        node: place.node,
        parent: parent.id,
        index: job.index,
        startedAt: job.startedAt,
        // Its runner shows it, but for the time in which a step of it waits for its next attempt.
        onRecord: true,
        retryWaits: 0,
      });
      if (this.#stop) run.stopping.request(this.#stop);
      const { locations } = this.#options.definition;
      const failure = await executeBatchAttempt(run, { node, locations, walk: runChain }, batch, scope, job.attempts);
      run.inFlight.batches.delete(job.scope);
      run.stopping.end();
      if (!failure) {
        const { last } = scope;
        return { kind: 'succeeded', last: last && [last.node, last.attempt] };
      }
      return await outcomeOf(failure, (node.policy.retry?.attempts ?? 1) > job.attempts);
    } catch (error) {
      if (error instanceof StopError) return { kind: 'stopped' };
      return { kind: 'failed', error: toStoredError(error), again: undefined, findings: [] };
    }
  }

  /** The parts of a run that a job has of its own: what it writes, counts and ends. */
  #newRun(journal: JobJournal, { begun }: Place): Run {
    const { beginning } = this.#options;
    const { clock, stored } = this.#store;
    const parts: WorkerParts = {
      runner: {
        numberNodes: (scope, nodes) => this.#numbers.ask(scope.path, nodes),
        commit: (attempt, write) => this.#commit(journal, attempt, write),
      },
      log: this.#log,
      numbering: this.#numbers,
      state: this.#replica.state,
      concurrency: this.#dial,
      rateLimiters: this.#limits,
      onStop: stop => this.#stopped(stop),
    };
    let told: ProgressTold | undefined;
    const run = new Run({
      facts: this.#facts,
      clock,
      stopwatch: new Stopwatch(clock),
      activeBefore: 0,
      journal,
      writer: journal.writer,
      stored,
      effects: owner =>
        new WorkerEffects(
          new StoredEffects(owner, journal.effects(this.#store.effects), {
            callWithinMs: this.#store.callEffectsWithinMs,
          }),
          this.#locks,
        ),
      graceMs: beginning.graceMs,
      cache: beginning.cache,
      onBatch: (node, parent, index, status) => told?.batchChanged(node, parent, index, status),
      inWorker: parts,
    });
    for (const [node, path] of begun) run.progress.of(node, path);
    told = journal.watch(run.progress);
    return run;
  }

  async #commit(journal: JobJournal, attempt: Attempt, write: WriteEnd): Promise<void> {
    const isUpdate = attempt.state.hasUpdates;
    const before = this.#updates;
    const done = Promise.withResolvers<void>();
    if (isUpdate) {
      this.#updates = done.promise;
      await before;
    }
    try {
      for (;;) {
        const intents = attempt.state.intents(attempt);
        const { scope, node, attempt: number, path } = attempt;
        const author = { scope, node, attempt: number, within: attempt.scopeOf.within };
        let logs: readonly LogLine[] = [];
        const answer = await journal.commit(author, intents, { node, path }, () => {
          logs = write(attempt.state.readsText);
        });
        for (const entry of answer.entries) this.#replica.state.learn(entry);
        if (!answer.accepted) {
          if (logs.length > 0) attempt.logs.putBack(logs);
          continue;
        }
        attempt.state.settle(answer);
        return;
      }
    } finally {
      done.resolve();
    }
  }

  #stopped(stop: Stop): void {
    if (this.#stop) return;
    this.#stop = stop;
    // A step has cancelled the run: all others are asked to stop by the runner.
    this.#options.send({ type: 'stop', as: stop.as, reason: stop.reason });
  }

  #abort(id: JobId, name: string, message: string): void {
    const key = jobKey(id);
    const running = this.#jobs.get(key);
    if (!running) {
      this.#remember(key);
      return;
    }
    const error = errorNamed(name, message);
    if (running.run && running.scope) running.run.stopping.abortScope(running.scope, error);
  }

  #acknowledge(acks: readonly Ack[]): void {
    for (const ack of acks) {
      const running = this.#jobs.get(jobKey(ack));
      if (!running) continue;
      running.journal.acknowledge(ack);
      this.#leaveIfOver(running);
    }
  }

  /** A job whose end was sent, and for which nobody waits any more. */
  #leaveIfOver({ job, journal }: RunningJob): void {
    if (!journal.isOver || journal.isWaiting) return;
    const key = jobKey(job);
    this.#jobs.delete(key);
    this.#remember(key);
    if (this.#jobs.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #remember(key: string): void {
    this.#over.add(key);
    if (this.#over.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#over) {
      this.#over.delete(oldest);
      return;
    }
  }

  #showAll(): void {
    for (const { run } of this.#jobs.values()) if (run) showInFlight(run);
  }

  #ask<Answer>(questions: Questions<Answer>, make: (ask: number) => FromWorker): Promise<Answer> {
    const answer = questions.ask(ask => this.#options.send(make(ask)));
    this.#tellWaiting();
    return answer;
  }

  #askForScopes(): void {
    this.#waitsForScopes = true;
    this.#options.send({ type: 'scopes' });
    this.#tellWaiting();
  }

  #say(line: SaidLine): void {
    this.#said.push(line);
    this.#scheduleFlush(undefined);
  }

  #scheduleFlush(journal: JobJournal | undefined): void {
    if (journal) this.#dirty.add(journal);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    try {
      this.#sendAll();
    } catch (error) {
      this.#options.onDefect(error);
    }
  }

  /** What all jobs have come to in one turn of the event loop is one message. */
  #sendAll(): void {
    for (const journal of this.#dirty) journal.flush();
    this.#dirty.clear();
    const { send } = this.#options;
    if (this.#said.length > 0) send({ type: 'said', lines: this.#said });
    this.#said = [];
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length > 0) send({ type: 'bundle', entries });
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const isWaiting =
      this.#jobs.size === 0 ||
      this.#waitsForScopes ||
      this.#asked.areOpen ||
      this.#askedOfStore.areOpen ||
      [...this.#jobs.values()].some(({ journal, run }) => run === undefined || journal.isWaiting);
    this.#options.onWaiting?.(isWaiting);
  }
}

/** What ends a batch, as its runner has it. */
function errorNamed(name: string, message: string): Error {
  if (name === 'TimeoutError') return new TimeoutError(message);
  if (name === 'BatchCancelled') return new BatchCancelled(message);
  return Object.assign(new Error(message), { name });
}

async function outcomeOf(failure: BatchFailure, mayBeRetried: boolean): Promise<JobOutcome> {
  if (failure.isStop) return { kind: 'stopped' };
  if (failure.isCancelled) return { kind: 'cancelled', error: failure.stored };
  const again = mayBeRetried ? await failure.again() : undefined;
  return { kind: 'failed', error: failure.stored, again, findings: failure.findings() };
}
