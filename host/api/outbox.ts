import type { EventName, EventOf, LogLine, RunItem, Snapshot, Workspace } from './api.ts';
import type { Watcher } from '../runs/live-run.ts';

/** About thirty a second: more than an eye can follow. */
const EVERY_MS = 33;
/** When so much changes at a time that nobody sees the single change; measured in bench/studio.ts, it leaves the run and the page more of the machine. */
const MANY_CHANGES = 500;
const WITH_MANY_EVERY_MS = 200;
/** Turns on their way that have not arrived: what comes meanwhile waits here, where the newer takes the place of the older. */
const MOST_ON_THE_WAY = 4;
const MOST_LOGS_A_RUN = 500;
const LOOK_AGAIN_MS = 200;

/** Takes one event. What it gives back resolves when the event has arrived; without that it is taken to have arrived. */
export type Listener = <E extends EventName>(event: E, payload: EventOf<E>) => unknown;

/**
 * What one page is to be told. It is told as fast as it listens: one that listens slowly is told less often, and then what
 * is true by then. What waits never grows beyond one line a run, one byte a batch and some log lines.
 */
export class Outbox {
  readonly #listener: Listener;
  readonly #isBehind: () => boolean;
  readonly #watchers = new Map<number, Watcher>();
  readonly #wanted = new Set<number>();
  readonly #runs = new Map<number, RunItem>();
  readonly #logs = new Map<number, { lines: LogLine[]; dropped: number }>();
  #workspace: Workspace | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastTurnAt = 0;
  #everyMs = EVERY_MS;
  #onTheWay = 0;
  #closed = false;

  /** @param isBehind Whether the page has so much still to take that it is to be told nothing new. */
  constructor(listener: Listener, isBehind: () => boolean = () => false) {
    this.#listener = listener;
    this.#isBehind = isBehind;
  }

  /** Begins to watch a run, or begins again, with what it is now. */
  async watch(run: number, open: (run: number) => Promise<Watcher>): Promise<Snapshot> {
    this.#wanted.add(run);
    const watcher = this.#watchers.get(run) ?? this.#take(await open(run));
    return watcher.snapshot();
  }

  unwatch(run: number): void {
    this.#wanted.delete(run);
    this.#logs.delete(run);
    this.#watchers.get(run)?.close();
    this.#watchers.delete(run);
  }

  unwatchAll(): void {
    for (const run of this.#wanted) this.unwatch(run);
  }

  #take(watcher: Watcher): Watcher {
    // It may have been asked for twice, or be wanted no longer.
    const other = this.#watchers.get(watcher.run);
    if (other || !this.#wanted.has(watcher.run) || this.#closed) watcher.close();
    else this.#watchers.set(watcher.run, watcher);
    return other ?? watcher;
  }

  noteRun(item: RunItem): void {
    // Told once only: what comes right after it must not take its place.
    const problem = item.problem ?? this.#runs.get(item.run)?.problem;
    this.#runs.set(item.run, problem ? { ...item, problem } : item);
    this.plan();
  }

  noteWorkspace(workspace: Workspace): void {
    this.#workspace = workspace;
    this.plan();
  }

  noteLogs(run: number, lines: readonly LogLine[], dropped: number): void {
    if (!this.#watchers.has(run)) return;
    const waiting = this.#logs.get(run) ?? { lines: [], dropped: 0 };
    this.#logs.set(run, waiting);
    waiting.lines.push(...lines);
    // The latest are what somebody who looks on wants to see.
    const tooMany = Math.max(0, waiting.lines.length - MOST_LOGS_A_RUN);
    waiting.lines.splice(0, tooMany);
    waiting.dropped += dropped + tooMany;
    this.plan();
  }

  /** There is something to tell: at the next turn. */
  plan(wait = Math.max(0, this.#lastTurnAt + this.#everyMs - performance.now())): void {
    if (this.#timer || this.#closed || this.#onTheWay >= MOST_ON_THE_WAY) return;
    this.#timer = setTimeout(() => this.#turn(), wait);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.unwatchAll();
  }

  #turn(): void {
    this.#timer = undefined;
    if (this.#isBehind()) return this.plan(LOOK_AGAIN_MS);
    this.#lastTurnAt = performance.now();
    const arrivals: unknown[] = [];
    const tell: Listener = (event, payload) => arrivals.push(this.#tell(event, payload));
    if (this.#workspace) tell('onWorkspace', this.#workspace);
    this.#workspace = undefined;
    for (const item of this.#runs.values()) tell('onRun', item);
    this.#runs.clear();
    let changes = 0;
    for (const watcher of this.#watchers.values()) {
      const told = watcher.take();
      if (told?.kind === 'delta') {
        for (const { statuses } of told.delta.maps) changes += statuses.length;
        tell('onDelta', told.delta);
      } else if (told) tell('onResync', { run: watcher.run });
    }
    this.#everyMs = changes > MANY_CHANGES ? WITH_MANY_EVERY_MS : EVERY_MS;
    for (const [run, { lines, dropped }] of this.#logs) tell('onLogs', { run, lines, dropped });
    this.#logs.clear();
    if (arrivals.length === 0) return;
    this.#onTheWay += 1;
    void Promise.allSettled(arrivals).then(() => {
      this.#onTheWay -= 1;
      this.plan();
    });
  }

  async #tell<E extends EventName>(event: E, payload: EventOf<E>): Promise<void> {
    // One who listens and throws has listened.
    await this.#listener(event, payload);
  }
}
