import { failedBatches } from '../../common/run-summary.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { NodeProgress, RunItem } from '../api/api.ts';
import { isForeseen } from '../api/outcomes.ts';
import type { RunSnapshot } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { KnownNodes } from './known-nodes.ts';
import { LiveRun } from './live-run.ts';
import { RateEstimator } from './rate-estimator.ts';
import { RunLogs, type OnLogs } from './run-logs.ts';
import { StepCounter } from './step-counter.ts';

/** Reading the store takes a quarter of the time at most. */
const REST_AFTER_READ = 3;

export interface MirrorEvents {
  /** Watchers have something to take. */
  readonly onNews: () => void;
  readonly onLogs: OnLogs;
  readonly onError: (error: unknown) => void;
}

/** What the store says of a run and the messages of its runner do not. */
interface Base {
  /** When it was read, on the clock that nobody sets. */
  readonly readAt: number;
  /** How long the run had been active by then. */
  readonly activeMs: number;
  readonly concurrency: ReadonlyMap<string, number>;
}

/**
 * Keeps the shown state of one run up to date. While a runner of this host executes the run, its messages are the
 * latest news and the store is behind them; the state of any other run is read from the store.
 */
export class RunMirror {
  readonly run: number;
  readonly live: LiveRun;
  readonly #store: Store;
  readonly #nodes: KnownNodes;
  readonly #logs: RunLogs;
  readonly #steps: StepCounter;
  #base: Base;
  /** What has been changed since our runner started. */
  readonly #concurrency = new Map<string, number>();
  #rate = new RateEstimator();
  #isOwn = false;
  /** Raised when an answer of the store that is still to come would be out of date. */
  #epoch = 0;
  #wantsRead = false;
  #reading: Promise<void> | undefined;
  #readNotBefore = 0;

  constructor(store: Store, snapshot: RunSnapshot, { onNews, onLogs, onError }: MirrorEvents) {
    this.run = snapshot.item.run;
    this.#store = store;
    this.live = new LiveRun(this.run, snapshot.progress, onNews);
    this.#nodes = new KnownNodes(this.live, () => store.do('nodes', this.run));
    this.#logs = new RunLogs(this.run, store, onLogs);
    this.#steps = new StepCounter({
      count: () => store.do('stepCounts', this.run),
      onCounted: () => this.live.setProgress({ ...this.live.progress, steps: this.#steps.steps }),
      // A run that is gone with its store has no steps to count.
      onError: error => {
        if (!isForeseen(error)) onError(error);
      },
    });
    this.#base = this.#take(snapshot);
  }

  close(): void {
    this.#epoch += 1;
    this.#nodes.close();
  }

  // While a runner of this host executes the run

  /** Loads the snapshot that the runner started from. After this, pass all its messages to `hear`. */
  async begin(): Promise<void> {
    this.#isOwn = true;
    this.#rate = new RateEstimator();
    this.#epoch += 1;
    const isStale = this.#staleCheck();
    const snapshot = await this.#store.do('runSnapshot', this.run);
    if (!isStale()) this.#base = this.#take(snapshot);
  }

  hear(message: FromRunner): void {
    if (!this.#isOwn) return;
    if (message.type === 'logs') this.#logs.hear(message);
    else if (message.type === 'progress') this.#progressed(message);
    else if (message.type === 'batches') {
      for (const { node, parent, indices, statuses } of message.changes)
        if (parent === 0) this.#nodes.change(node, indices, statuses);
    }
  }

  output(text: string, level: 'info' | 'warn'): void {
    if (this.#isOwn) this.#logs.output(text, level);
  }

  concurrencyChanged(path: string, value: number): void {
    this.#concurrency.set(path, value);
  }

  /** Our runner has ended: from now on the store is read. */
  async end(): Promise<void> {
    this.#isOwn = false;
    this.#concurrency.clear();
    this.#epoch += 1;
    this.#logs.restart();
    await this.#reading?.catch(() => undefined);
    await this.#read();
    // The last message of the runner has reported the steps.
    this.#steps.want(this.#steps.steps.length === 0);
  }

  /** Our runner has ended, and the store that could say how is gone. */
  endWithoutStore({ status, reason, items, batches, failedBatches: failed, endedAt }: RunItem): void {
    this.#isOwn = false;
    this.#epoch += 1;
    this.live.setProgress({
      ...this.live.progress,
      status,
      reason,
      items,
      batches,
      failedBatches: failed,
      endedAt,
      rate: 0,
      left: undefined,
    });
  }

  #progressed({ counts, steps }: Extract<FromRunner, { type: 'progress' }>): void {
    const now = performance.now();
    const nodes = counts.nodes.flatMap(({ path, ...rest }): NodeProgress[] => {
      const node = this.#nodes.numberOf(path);
      return node === undefined ? [] : [{ node, path, ...rest, concurrency: this.#concurrencyOf(path) }];
    });
    this.#steps.set(steps);
    this.live.setProgress({
      status: 'running',
      items: counts.items,
      batches: counts.batches,
      failedBatches: failedBatches(counts.nodes),
      nodes,
      steps: this.#steps.steps,
      ...this.#rate.note(
        counts.items,
        counts.nodes.every(({ complete }) => complete),
        now,
      ),
      startedAt: this.live.progress.startedAt,
      activeMs: this.#base.activeMs + now - this.#base.readAt,
    });
    for (const { node, batches } of nodes) if (this.#nodes.hasMap(node)) this.live.expect(node, batches.total);
  }

  #concurrencyOf(path: string): number {
    return this.#concurrency.get(path) ?? this.#base.concurrency.get(path) ?? 1;
  }

  // While nobody, or another process, executes the run

  /** The run has changed in the store: the next tick reads it. */
  noteWritten(): void {
    this.#wantsRead = true;
  }

  /** Reads the store if that is wanted and not too soon. Call it a few times a second. */
  async tick(): Promise<void> {
    if (this.#isOwn) return;
    if (this.#wantsRead && !this.#reading && performance.now() >= this.#readNotBefore) await this.#read();
    this.#steps.tick(this.#staleCheck());
  }

  async #read(): Promise<void> {
    this.#wantsRead = false;
    const read = async () => {
      const isStale = this.#staleCheck();
      const from = performance.now();
      const snapshot = await this.#store.do('runSnapshot', this.run);
      if (isStale()) return;
      this.#readNotBefore = performance.now() + (performance.now() - from) * REST_AFTER_READ;
      this.#base = this.#take(snapshot);
      if (this.live.isWatched) await this.#logs.read(isStale);
    };
    this.#reading = read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  #take({ progress, nodes, maps, live, concurrency }: RunSnapshot): Base {
    const now = performance.now();
    if (!live) this.#rate = new RateEstimator();
    const rate =
      live && !this.#isOwn
        ? this.#rate.note(
            progress.items,
            progress.nodes.every(({ complete }) => complete),
            now,
          )
        : undefined;
    this.#nodes.take(nodes);
    this.live.setProgress({ ...progress, ...rate, steps: this.#steps.steps });
    for (const { node, statuses } of maps) this.live.replace(node, statuses);
    this.#steps.want(!this.#isOwn);
    return { activeMs: progress.activeMs, readAt: now, concurrency };
  }

  /** Tells whether something has happened since it was made that makes an answer of the store out of date. */
  #staleCheck(): () => boolean {
    const epoch = this.#epoch;
    return () => epoch !== this.#epoch;
  }
}
