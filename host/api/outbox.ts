import type {
  Debugging,
  EventName,
  EventOf,
  Interrupted,
  ItemCheck,
  ItemSearch,
  LogLine,
  RunItem,
  Snapshot,
  Workspace,
} from './api.ts';
import type { Watcher } from '../runs/watcher.ts';

/** About thirty times a second, which is more than an eye can follow. */
const EVERY_MS = 33;
/**
 * With this many changes at a time nobody sees a single one. Sending less often then leaves more of the machine to the
 * run and the page (bench/studio.ts).
 */
const MANY_CHANGES = 500;
const WITH_MANY_EVERY_MS = 200;
/** Turns that have been sent and have not arrived. With more of them, news waits here, where newer values replace older ones. */
const MOST_IN_FLIGHT = 4;
const MOST_LOGS_A_RUN = 500;
const LOOK_AGAIN_MS = 200;

/** Receives one event. If it returns a promise, the event has arrived when that resolves; otherwise it has arrived at once. */
export type Listener = <E extends EventName>(event: E, payload: EventOf<E>) => unknown;

/**
 * What one page is to receive. A page that is slow receives less often, and then the latest values. What waits never grows beyond
 * a few lines for each run, one byte for each batch, and some log lines.
 */
export class Outbox {
  readonly #listener: Listener;
  readonly #isBehind: () => boolean;
  readonly #watchers = new Map<number, Watcher>();
  readonly #wanted = new Set<number>();
  readonly #runs = new Map<number, RunItem>();
  readonly #gone = new Set<number>();
  readonly #logs = new Map<number, { lines: LogLine[]; dropped: number }>();
  readonly #searches = new Map<number, ItemSearch>();
  readonly #checks = new Map<number, ItemCheck>();
  #workspace: Workspace | undefined;
  #debugging: Debugging | undefined;
  #interrupted: Interrupted | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastTurnAt = 0;
  #everyMs = EVERY_MS;
  #inFlight = 0;
  #closed = false;

  /** @param isBehind Whether the page has so much left to receive that it gets nothing new for now */
  constructor(listener: Listener, isBehind: () => boolean = () => false) {
    this.#listener = listener;
    this.#isBehind = isBehind;
  }

  /** Starts or restarts to watch a run, from its present state. */
  async watch(run: number, open: (run: number) => Promise<Watcher>): Promise<Snapshot> {
    this.#wanted.add(run);
    const watcher = this.#watchers.get(run) ?? this.#take(await open(run));
    return watcher.snapshot();
  }

  unwatch(run: number): void {
    this.#wanted.delete(run);
    this.#logs.delete(run);
    this.#searches.delete(run);
    this.#checks.delete(run);
    this.#watchers.get(run)?.close();
    this.#watchers.delete(run);
  }

  unwatchAll(): void {
    for (const run of this.#wanted) this.unwatch(run);
  }

  #take(watcher: Watcher): Watcher {
    // The page may have asked for it twice, or have stopped watching meanwhile.
    const other = this.#watchers.get(watcher.run);
    if (other || !this.#wanted.has(watcher.run) || this.#closed) watcher.close();
    else this.#watchers.set(watcher.run, watcher);
    return other ?? watcher;
  }

  noteRun(item: RunItem): void {
    this.#runs.set(item.run, item);
    this.plan();
  }

  noteGone(run: number): void {
    this.unwatch(run);
    this.#runs.delete(run);
    this.#gone.add(run);
    this.plan();
  }

  noteWorkspace(workspace: Workspace): void {
    this.#workspace = workspace;
    this.plan();
  }

  noteDebugging(debugging: Debugging): void {
    this.#debugging = debugging;
    this.plan();
  }

  noteInterrupted(interrupted: Interrupted): void {
    this.#interrupted = interrupted;
    this.plan();
  }

  noteLogs(run: number, lines: readonly LogLine[], dropped: number): void {
    if (!this.#watchers.has(run)) return;
    const waiting = this.#logs.get(run) ?? { lines: [], dropped: 0 };
    this.#logs.set(run, waiting);
    waiting.lines.push(...lines);
    // Whoever watches wants to see the latest lines.
    const tooMany = Math.max(0, waiting.lines.length - MOST_LOGS_A_RUN);
    waiting.lines.splice(0, tooMany);
    waiting.dropped += dropped + tooMany;
    this.plan();
  }

  noteSearch(search: ItemSearch): void {
    if (!this.#watchers.has(search.run)) return;
    this.#searches.set(search.run, search);
    this.plan();
  }

  noteCheck(check: ItemCheck): void {
    if (!this.#watchers.has(check.run)) return;
    this.#checks.set(check.run, check);
    this.plan();
  }

  /** The runs that the page watches. */
  get watched(): readonly number[] {
    return [...this.#watchers.keys()];
  }

  /** There is news: it is sent at the next turn. */
  plan(wait = Math.max(0, this.#lastTurnAt + this.#everyMs - performance.now())): void {
    if (this.#timer || this.#closed || this.#inFlight >= MOST_IN_FLIGHT) return;
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
    const send: Listener = (event, payload) => arrivals.push(this.#send(event, payload));
    if (this.#workspace) send('onWorkspace', this.#workspace);
    this.#workspace = undefined;
    if (this.#debugging) send('onDebugging', this.#debugging);
    this.#debugging = undefined;
    if (this.#interrupted) send('onInterrupted', this.#interrupted);
    this.#interrupted = undefined;
    // What was noted of a run after it was gone is of another one: demos begin with number 1 again.
    for (const run of this.#gone) send('onRunGone', { run });
    this.#gone.clear();
    for (const item of this.#runs.values()) send('onRun', item);
    this.#runs.clear();
    let changes = 0;
    for (const watcher of this.#watchers.values()) {
      const update = watcher.take();
      if (update?.kind === 'delta') {
        for (const { statuses } of update.delta.maps) changes += statuses.length;
        send('onDelta', update.delta);
      } else if (update) send('onResync', { run: watcher.run });
    }
    this.#everyMs = changes > MANY_CHANGES ? WITH_MANY_EVERY_MS : EVERY_MS;
    for (const [run, { lines, dropped }] of this.#logs) send('onLogs', { run, lines, dropped });
    this.#logs.clear();
    for (const search of this.#searches.values()) send('onSearch', search);
    this.#searches.clear();
    for (const check of this.#checks.values()) send('onCheck', check);
    this.#checks.clear();
    if (arrivals.length === 0) return;
    this.#inFlight += 1;
    void Promise.allSettled(arrivals).then(() => {
      this.#inFlight -= 1;
      this.plan();
    });
  }

  async #send<E extends EventName>(event: E, payload: EventOf<E>): Promise<void> {
    // An event has arrived even if the listener throws.
    await this.#listener(event, payload);
  }
}
