import type { Journal } from '../store/journal.ts';
import type { BatchReader } from '../store/batch-reader.ts';
import type { RunReader } from '../store/run-reader.ts';
import type { Writer } from '../store/records.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { SharedWrite } from '../store/shared-state.ts';
import type { TallyLimits } from '../store/tally.ts';
import type { Attempt } from './attempt.ts';
import type { Clock, Stopwatch } from './clock.ts';
import { BatchCancels } from './batch-cancels.ts';
import { ConcurrencyDial } from './concurrency-dial.ts';
import type { Demo } from './demo/demo.ts';
import type { Effects } from './effects/effects.ts';
import { Numbering } from './numbering.ts';
import { OpenWorkRegister } from './open-work.ts';
import type { Replacements } from './replacements.ts';
import type { RunFacts } from './run-facts.ts';
import type { CacheUse } from './output-cache.ts';
import { RateLimiters } from './rate-limiters.ts';
import { RunLog, type LogListener } from './run-log.ts';
import { RunProgress, type BatchListener } from './run-progress.ts';
import { RunState } from './run-state.ts';
import type { ReadShared } from './shared-state.ts';
import type { StoredReads } from './stored-reads.ts';
import type { Stop } from './stop.ts';
import { Stopping } from './stopping.ts';
import type { RunSpans } from './telemetry/run-spans.ts';
import type { Subflows } from './subflow/subflows.ts';
import type { Waits } from './durable-waits/waits.ts';
import type { RunnerAccess, Workers } from './workers/workers.ts';

export type RunOptions = RunParts & (InRunner | InWorker);

interface InRunner {
  readonly stored: RunReader;
  readonly inWorker?: undefined;
}

interface InWorker {
  readonly stored: StoredReads;
  /** What all jobs of a worker share. */
  readonly inWorker: WorkerParts;
}

interface RunParts {
  readonly facts: RunFacts;
  readonly clock: Clock;
  /** Of this session. */
  readonly stopwatch: Stopwatch;
  /** How long earlier sessions worked on it. */
  readonly activeBefore: number;
  readonly journal: RunJournal;
  readonly writer: Writes;
  /** What its steps' `ctx.effect` does. */
  readonly effects: (run: Run) => Effects;
  /** What its steps do that wait for people or events. */
  readonly waits?: ((run: Run) => Waits) | undefined;
  /** What its steps do that run other workflows. */
  readonly subflows?: ((run: Run) => Subflows) | undefined;
  /** How long steps in flight may go on after a stop, in milliseconds. */
  readonly graceMs: number;
  /** It executes something to see what becomes of it, and keeps nothing: it waits for nothing, and tries nothing again. */
  readonly isProbe?: boolean;
  /** Somebody looks at it in a debugger, who has as much time as they need: no timeout ends anything. */
  readonly hasNoTimeouts?: boolean;
  /** What a demo does to its steps. Not given in other runs. */
  readonly demo?: Demo | undefined;
  /** Hears of each attempt before the author's functions that it may call are called. */
  readonly onCall?: ((path: string, functions: readonly unknown[]) => void) | undefined;
  /** The outputs of a node's batches in a scope. @default Those that this run has stored */
  readonly outputs?: BatchReader['outputs'] | undefined;
  /** Whether failed batches are to run again without items of theirs, before the run goes on: see `itemsToGoWithout`. */
  readonly goesWithout?: (() => boolean) | undefined;
  /** What a user has set in the session that this one follows. */
  readonly dialBefore?: ConcurrencyDial | undefined;
  readonly tallyLimits?: TallyLimits | undefined;
  readonly onLog?: LogListener | undefined;
  readonly onBatch?: BatchListener | undefined;
  /** How its steps use outputs of earlier runs. @default not at all */
  readonly cache?: CacheUse | undefined;
  /** The state that all runs share, as it is committed. @default That of its store */
  readonly shared?: ReadShared | undefined;
  readonly replacements?: Replacements | undefined;
  /** Where the user's project traces what happens. */
  readonly spans?: RunSpans | undefined;
}

/** Where a run writes: into the store, or, in a worker, into what it sends to the runner. */
export type RunJournal = Pick<Journal, 'write' | 'committed'>;
export type Writes = Pick<RunWriter, keyof RunWriter>;

export interface WorkerParts {
  readonly runner: RunnerAccess;
  readonly log: RunLog;
  readonly numbering: Numbers;
  readonly state: RunState;
  readonly concurrency: ConcurrencyDial;
  readonly rateLimiters: Limiters;
  readonly onStop: (stop: Stop) => void;
}

export type Numbers = Pick<Numbering, keyof Numbering>;
export type Limiters = Pick<RateLimiters, 'of'>;

/** A batch that is being executed, and where it stands. */
export interface BatchInFlight {
  readonly node: number;
  readonly parent: number;
  readonly index: number;
  readonly startedAt: number;
  /** Whether the store shows it. */
  onRecord: boolean;
  /** How many steps in it wait for their next attempt. */
  retryWaits: number;
  /** That executes it; undefined: this process. */
  worker?: number | undefined;
}

/** What is being executed now: the heartbeat shows it to others. */
class InFlight {
  readonly attempts = new Set<Attempt>();
  /** Attempts whose author's function is at work: they will write. */
  executing = 0;
  /** Other functions of the author's that are waited for: items, bodies, hooks. */
  asking = 0;
  /** By scope. */
  readonly batches = new Map<number, BatchInFlight>();
}

/** A run in progress: the parts that everything in it shares. */
export class Run {
  readonly facts: RunFacts;
  readonly clock: Clock;
  readonly journal: RunJournal;
  readonly writer: Writes;
  readonly stored: StoredReads;
  readonly log: RunLog;
  readonly stopping: Stopping;
  readonly numbering: Numbers;
  readonly progress: RunProgress;
  readonly state: RunState;
  /** The state that all runs share. */
  readonly shared: {
    readonly read: ReadShared;
    /** In the journal's transaction. */
    readonly write: (by: Writer, write: SharedWrite) => void;
    readonly now: () => number;
  };
  readonly inFlight = new InFlight();
  readonly openWork: OpenWorkRegister;
  readonly concurrency: ConcurrencyDial;
  readonly batchCancels: BatchCancels;
  readonly rateLimiters: Limiters;
  readonly effects: Effects;
  /** Undefined in a worker: nothing that waits for people or events is handed out to one. */
  readonly waits: Waits | undefined;
  /** Undefined in a worker: nothing that runs another workflow is handed out to one. */
  readonly subflows: Subflows | undefined;
  /** Set in a worker: the runner decides. */
  readonly runner: RunnerAccess | undefined;
  /** The processes that execute batches of nodes that ask for them. Undefined: this process does. */
  workers: Workers | undefined;
  readonly #stopwatch: Stopwatch;
  readonly #activeBefore: number;
  readonly isProbe: boolean;
  readonly hasNoTimeouts: boolean;
  readonly cache: CacheUse | undefined;
  readonly demo: Demo | undefined;
  readonly onCall: RunOptions['onCall'];
  readonly goesWithout: () => boolean;
  readonly outputs: BatchReader['outputs'];
  readonly replacements: Replacements | undefined;
  readonly spans: RunSpans | undefined;

  constructor(options: RunOptions) {
    const {
      facts,
      clock,
      stopwatch,
      activeBefore,
      journal,
      writer,
      stored,
      effects,
      graceMs,
      onLog,
      onBatch,
      inWorker,
    } = options;
    this.facts = facts;
    this.clock = clock;
    this.journal = journal;
    this.writer = writer;
    this.stored = stored;
    this.isProbe = options.isProbe ?? false;
    this.hasNoTimeouts = options.hasNoTimeouts ?? false;
    this.cache = options.cache;
    this.demo = options.demo;
    this.onCall = options.onCall;
    this.replacements = options.replacements;
    this.spans = options.spans;
    this.goesWithout = options.goesWithout ?? (() => false);
    this.outputs = options.outputs ?? ((node, parent) => stored.batches.outputs(node, parent));
    const now = () => clock.now();
    const replaced = options.replacements?.shared;
    this.shared = {
      read:
        options.shared ??
        ((workflow, key) => (replaced ? replaced.read(workflow, key, now()) : stored.shared(workflow, key, now()))),
      write: (by, write) => (replaced ? replaced.write(write) : writer.shared(by, write)),
      now,
    };
    this.progress = new RunProgress(onBatch);
    // In a worker, no tally is written.
    const before = options.inWorker ? undefined : options.stored.tally();
    this.openWork = new OpenWorkRegister(() => writer.tallyIsDue(), before, options.tallyLimits);
    this.stopping = new Stopping(clock, graceMs, inWorker?.onStop);
    this.batchCancels = new BatchCancels(this.stopping);
    this.runner = inWorker?.runner;
    this.log = inWorker?.log ?? new RunLog(journal, writer, onLog);
    this.state = inWorker?.state ?? new RunState();
    this.concurrency = inWorker?.concurrency ?? new ConcurrencyDial(options.dialBefore);
    this.numbering =
      inWorker?.numbering ?? new Numbering((node, path, kind) => journal.write(() => writer.node(node, path, kind)));
    this.rateLimiters = options.inWorker
      ? options.inWorker.rateLimiters
      : new RateLimiters(clock, (node, since) => options.stored.batches.startsSince(node, since));
    this.effects = effects(this);
    this.waits = options.waits?.(this);
    this.subflows = options.subflows?.(this);
    this.#stopwatch = stopwatch;
    this.#activeBefore = activeBefore;
  }

  /** This run, and those that are executed as a part of it. */
  get withSubflows(): readonly Run[] {
    return [this, ...(this.subflows?.runs ?? [])];
  }

  /**
   * This moment of its session. The stamp is not before that of anything in it, whatever has happened to the wall clock; `activeMs`
   * are the milliseconds in which some process has worked on the run.
   */
  moment(): { readonly stamp: number; readonly activeMs: number } {
    const { ms, stamp } = this.#stopwatch.moment();
    return { stamp, activeMs: this.#activeBefore + ms };
  }
}
