import type { Journal } from '../store/journal.ts';
import type { BatchReader } from '../store/batch-reader.ts';
import type { RunReader } from '../store/run-reader.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { Attempt } from './attempt.ts';
import type { Clock, Stopwatch } from './clock.ts';
import { ConcurrencyDial } from './concurrency-dial.ts';
import type { Effects } from './effects/effects.ts';
import { Numbering } from './numbering.ts';
import type { RunFacts } from './run-facts.ts';
import { RateLimiters } from './rate-limiters.ts';
import { RunLog, type LogListener } from './run-log.ts';
import { RunProgress, type BatchListener } from './run-progress.ts';
import { RunState } from './run-state.ts';
import { Stopping } from './stopping.ts';

export interface RunOptions {
  readonly facts: RunFacts;
  readonly clock: Clock;
  /** Of this session. */
  readonly stopwatch: Stopwatch;
  /** How long earlier sessions worked on it. */
  readonly activeBefore: number;
  readonly journal: Journal;
  readonly writer: RunWriter;
  readonly stored: RunReader;
  /** What its steps' `ctx.effect` does. */
  readonly effects: (run: Run) => Effects;
  /** How long steps in flight may go on after a stop, in milliseconds. */
  readonly graceMs: number;
  /** It executes something to see what becomes of it, and keeps nothing: it waits for nothing, and tries nothing again. */
  readonly isProbe?: boolean;
  /** The outputs of a node's batches in a scope. @default Those that this run has stored */
  readonly outputs?: BatchReader['outputs'] | undefined;
  readonly onLog?: LogListener | undefined;
  readonly onBatch?: BatchListener | undefined;
}

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
}

/** What is being executed now: the heartbeat shows it to others. */
class InFlight {
  readonly attempts = new Set<Attempt>();
  /** By scope. */
  readonly batches = new Map<number, BatchInFlight>();
}

/** A run in progress: the parts that everything in it shares. */
export class Run {
  readonly facts: RunFacts;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly writer: RunWriter;
  readonly stored: RunReader;
  readonly log: RunLog;
  readonly stopping: Stopping;
  readonly numbering: Numbering;
  readonly progress: RunProgress;
  readonly state = new RunState();
  readonly inFlight = new InFlight();
  readonly concurrency = new ConcurrencyDial();
  readonly rateLimiters: RateLimiters;
  readonly effects: Effects;
  readonly #stopwatch: Stopwatch;
  readonly #activeBefore: number;
  readonly isProbe: boolean;
  readonly outputs: BatchReader['outputs'];

  constructor(options: RunOptions) {
    const { facts, clock, stopwatch, activeBefore, journal, writer, stored, effects, graceMs, onLog, onBatch } =
      options;
    this.facts = facts;
    this.clock = clock;
    this.journal = journal;
    this.writer = writer;
    this.stored = stored;
    this.isProbe = options.isProbe ?? false;
    this.outputs = options.outputs ?? ((node, parent) => stored.batches.outputs(node, parent));
    this.log = new RunLog(journal, writer, onLog);
    this.stopping = new Stopping(clock, graceMs);
    this.numbering = new Numbering((node, path, kind) => journal.write(() => writer.node(node, path, kind)));
    this.progress = new RunProgress(onBatch);
    this.rateLimiters = new RateLimiters(clock, (node, since) => stored.batches.startsSince(node, since));
    this.effects = effects(this);
    this.#stopwatch = stopwatch;
    this.#activeBefore = activeBefore;
  }

  /**
   * The stamp of an end of this session that is now: not before that of anything in it, whatever has happened to the wall clock.
   */
  endedAt(): number {
    return Math.max(this.clock.now(), this.#stopwatch.endedAt());
  }

  /** Milliseconds in which some process has worked on it. */
  activeMs(): number {
    return this.#activeBefore + this.#stopwatch.elapsed();
  }
}
