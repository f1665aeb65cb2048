import { failedBatches } from '../../common/run-summary.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { LogLine, NodeProgress, RunItem, StepProgress } from '../api/api.ts';
import { LiveRun } from './live-run.ts';
import { KnownNodes } from './known-nodes.ts';
import { RateEstimator } from './rate-estimator.ts';
import type { RunSnapshot } from '../store/runs.ts';
import { OperationError, type Store } from '../store/store.ts';

/** Looks into the store take a quarter of the time at most. */
const REST_BETWEEN_LOOKS = 3;
const STEPS_EVERY_MS = 2_000;
const LOGS_A_LOOK = 200;
const MOST_OUTPUT_LINES = 50;
const MOST_OUTPUT_LENGTH = 2_000;

export interface MirrorEvents {
  /** Watchers have something to take. */
  readonly onNews: () => void;
  readonly onLogs: (run: number, lines: readonly LogLine[], dropped: number) => void;
  readonly onError: (error: unknown) => void;
}

/** What a look into the store found that the messages of a runner do not tell. */
interface WentOnFrom {
  /** On the clock that no one sets. */
  readonly at: number;
  /** Time worked on it until then. */
  readonly activeMs: number;
  readonly concurrency: ReadonlyMap<string, number>;
}

/**
 * Keeps the feed of one run true. While a runner of ours works on it, its messages are the truth, and the store is
 * behind them; for any other run it is what a look into the store finds.
 */
export class RunMirror {
  readonly run: number;
  readonly feed: LiveRun;
  readonly #store: Store;
  readonly #events: MirrorEvents;
  readonly #nodes: KnownNodes;
  #baseline: WentOnFrom;
  /** What was changed while our runner works on it. */
  readonly #concurrency = new Map<string, number>();
  #pace = new RateEstimator();
  #isOwn = false;
  /** Goes up when what is being read would come too late to be true. */
  #epoch = 0;
  #wantsLook = false;
  #looking: Promise<void> | undefined;
  #lookNotBefore = 0;
  #steps: readonly StepProgress[] = [];
  #wantsSteps = false;
  #countingSteps = false;
  #stepsNotBefore = 0;
  #lastLog: number | undefined;
  #liveLogs = 0;

  constructor(store: Store, snapshot: RunSnapshot, events: MirrorEvents) {
    this.run = snapshot.item.run;
    this.#store = store;
    this.#events = events;
    this.feed = new LiveRun(this.run, snapshot.progress, events.onNews);
    this.#nodes = new KnownNodes(this.feed, () => store.do('nodes', this.run));
    this.#baseline = this.#take(snapshot);
  }

  close(): void {
    this.#epoch += 1;
    this.#nodes.close();
  }

  // A runner of ours

  /** A runner of ours has taken over the run. Load the snapshot, then apply its messages: all of them must come after this call. */
  async begin(): Promise<void> {
    this.#isOwn = true;
    this.#pace = new RateEstimator();
    const epoch = ++this.#epoch;
    const snapshot = await this.#store.do('runSnapshot', this.run);
    if (epoch === this.#epoch) this.#baseline = this.#take(snapshot);
  }

  hear(message: FromRunner): void {
    if (!this.#isOwn) return;
    if (message.type === 'logs') this.#said(message);
    else if (message.type === 'progress') this.#progressed(message);
    else if (message.type === 'batches') {
      for (const { node, parent, indices, statuses } of message.changes)
        if (parent === 0) this.#nodes.change(node, indices, statuses);
    }
  }

  concurrencyChanged(path: string, value: number): void {
    this.#concurrency.set(path, value);
  }

  /** What the author's code, or a library of theirs, has written past `console`. No log keeps it. */
  output(text: string, level: 'info' | 'warn'): void {
    if (!this.#isOwn) return;
    const lines = text.split('\n').filter(line => line.trim() !== '');
    const shown = lines.slice(-MOST_OUTPUT_LINES);
    this.#events.onLogs(
      this.run,
      shown.map(line => ({ id: --this.#liveLogs, at: Date.now(), level, text: line.slice(0, MOST_OUTPUT_LENGTH) })),
      lines.length - shown.length,
    );
  }

  /** Our runner has ended: the store says all that is true. */
  async end(): Promise<void> {
    this.#isOwn = false;
    this.#concurrency.clear();
    this.#epoch += 1;
    this.#lastLog = undefined;
    await this.#looking?.catch(() => undefined);
    await this.#look();
    // Its last message has told how the steps stand.
    this.#wantsSteps = this.#steps.length === 0;
  }

  /** Our runner has ended, and the store that could say how is gone. */
  endWithoutStore({ status, reason, items, batches, failedBatches: failed, endedAt }: RunItem): void {
    this.#isOwn = false;
    this.#epoch += 1;
    this.feed.setProgress({
      ...this.feed.progress,
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
      return node === undefined
        ? []
        : [
            {
              node,
              path,
              ...rest,
              concurrency: this.#concurrency.get(path) ?? this.#baseline.concurrency.get(path) ?? 1,
            },
          ];
    });
    this.#steps = steps;
    this.feed.setProgress({
      status: 'running',
      items: counts.items,
      batches: counts.batches,
      failedBatches: failedBatches(counts.nodes),
      nodes,
      steps: [...steps],
      ...this.#pace.note(
        counts.items,
        counts.nodes.every(({ complete }) => complete),
        now,
      ),
      startedAt: this.feed.progress.startedAt,
      activeMs: this.#baseline.activeMs + now - this.#baseline.at,
    });
    for (const { node, batches } of nodes) if (this.#nodes.hasMap(node)) this.feed.expect(node, batches.total);
  }

  #said({ lines, dropped }: Extract<FromRunner, { type: 'logs' }>): void {
    this.#events.onLogs(
      this.run,
      lines.map(({ at, level, text, step, batch, attempt }): LogLine => ({
        // The store has not numbered it yet.
        id: --this.#liveLogs,
        at,
        level,
        text,
        ...(step !== undefined && { path: step }),
        ...(batch !== undefined && { index: batch }),
        ...(attempt !== undefined && { attempt }),
      })),
      dropped,
    );
  }

  // The store

  /** Something has been written of it: the next tick looks. */
  noteWritten(): void {
    this.#wantsLook = true;
  }

  /** Looks what the store says now, where that is called for and not too soon. To be called a few times a second. */
  async tick(): Promise<void> {
    if (this.#isOwn) return;
    if (this.#wantsLook && !this.#looking && performance.now() >= this.#lookNotBefore) await this.#look();
    if (this.#wantsSteps && !this.#countingSteps && performance.now() >= this.#stepsNotBefore) this.#countSteps();
  }

  async #look(): Promise<void> {
    this.#wantsLook = false;
    const look = async () => {
      const epoch = this.#epoch;
      const from = performance.now();
      const snapshot = await this.#store.do('runSnapshot', this.run);
      if (epoch !== this.#epoch) return;
      this.#lookNotBefore = performance.now() + (performance.now() - from) * REST_BETWEEN_LOOKS;
      this.#baseline = this.#take(snapshot);
      await this.#lookForLogs(epoch);
    };
    this.#looking = look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookForLogs(epoch: number): Promise<void> {
    if (!this.feed.isWatched) return;
    const { lines, dropped, last } = await this.#store.do('newLogs', {
      run: this.run,
      after: this.#lastLog,
      limit: LOGS_A_LOOK,
    });
    if (epoch !== this.#epoch) return;
    this.#lastLog = last;
    if (lines.length > 0) this.#events.onLogs(this.run, lines, dropped);
  }

  #take({ progress, nodes, maps, live, concurrency }: RunSnapshot): WentOnFrom {
    const now = performance.now();
    if (!live) this.#pace = new RateEstimator();
    const pace =
      live && !this.#isOwn
        ? this.#pace.note(
            progress.items,
            progress.nodes.every(({ complete }) => complete),
            now,
          )
        : undefined;
    this.#nodes.take(nodes);
    this.feed.setProgress({ ...progress, ...pace, steps: [...this.#steps] });
    for (const { node, statuses } of maps) this.feed.replace(node, statuses);
    this.#wantsSteps = !this.#isOwn;
    return { activeMs: progress.activeMs, at: now, concurrency };
  }

  /** Counting looks at every step of the run: it is done seldom, and nothing waits for it. */
  #countSteps(): void {
    this.#wantsSteps = false;
    this.#countingSteps = true;
    const epoch = this.#epoch;
    const from = performance.now();
    this.#store
      .do('stepCounts', this.run)
      .then(steps => {
        if (epoch !== this.#epoch) return;
        this.#steps = steps;
        this.feed.setProgress({ ...this.feed.progress, steps });
      })
      .catch((error: unknown) => {
        // A run that is gone with its store has no steps to be counted.
        if (!(error instanceof OperationError && error.defect === undefined)) this.#events.onError(error);
      })
      .finally(() => {
        this.#countingSteps = false;
        this.#stepsNotBefore =
          performance.now() + Math.max(STEPS_EVERY_MS, (performance.now() - from) * REST_BETWEEN_LOOKS);
      });
  }
}
