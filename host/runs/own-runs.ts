import { RawOutput } from '../../engine/runner/raw-output.ts';
import { debugHost } from '../../engine/debug.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { RunEnd } from '../../engine/runner/supervisor.ts';
import { storeReplaced } from '../../engine/store/file-identity.ts';
import type { RunItem } from '../api/api.ts';
import { isForeseen } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import { concurrencies } from './concurrencies.ts';
import type { EndNotices } from './end-notices.ts';
import { LiveItem } from './live-item.ts';
import { firstItem, interruptedItem, type OwnRun, type RunProcess, type Started } from './own-run.ts';
import type { RunMirror } from './run-mirror.ts';
import type { RunMirrors } from './run-mirrors.ts';

export interface OwnRunsOptions {
  readonly store: Store;
  readonly mirrors: RunMirrors;
  readonly notices: Pick<EndNotices, 'ended'>;
  readonly onItem: (item: RunItem) => void;
  /** A run is over: whatever waited for it can start. */
  readonly onOver: () => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds on a clock that nobody sets. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** What the process of a run sends. */
export interface ProcessEvents {
  readonly onMessage: (message: FromRunner) => void;
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** The runs that processes of this host execute, from their first message until their end has been sent. */
export class OwnRuns {
  readonly #options: OwnRunsOptions;
  readonly #store: Store;
  readonly #mirrors: RunMirrors;
  readonly #runs = new Map<number, OwnRun>();
  #isClosed = false;

  constructor(options: OwnRunsOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#mirrors = options.mirrors;
  }

  numbers(): number[] {
    return [...this.#runs.keys()];
  }

  has(run: number): boolean {
    return this.#runs.has(run);
  }

  get(run: number): OwnRun | undefined {
    return this.#runs.get(run);
  }

  items(): RunItem[] {
    return [...this.#runs.values()].map(({ live }) => live.item);
  }

  /** Takes over a run that has just started. */
  begin(process: RunProcess, started: Started): ProcessEvents {
    const { run, uid, graph } = started;
    const { now = () => performance.now(), onItem, onError } = this.#options;
    const own: OwnRun = {
      process,
      uid,
      batchNodes: new Set(concurrencies(graph).keys()),
      live: new LiveItem(firstItem(this.#store.folder, started), onItem, now),
      over: Promise.resolve(),
    };
    this.#runs.set(run, own);
    debugHost('run %d of workflow %s has started', run, graph.id);
    const mirror = this.#beginMirror(run, own);
    const output = { stdout: new RawOutput(), stderr: new RawOutput() };
    // Messages that arrive before the mirror is open wait for the promise, which keeps their order.
    const toMirror = (tell: (mirror: RunMirror) => void) =>
      void mirror
        .then(opened => {
          if (opened) tell(opened);
        })
        .catch(onError);
    const say = (text: string | undefined, stream: keyof typeof output) => {
      if (text !== undefined) toMirror(opened => opened.output(text, stream === 'stderr' ? 'warn' : 'info'));
    };
    // What came after the last end of a line is the last that this process says.
    const ended = process.done.then(() => {
      for (const stream of ['stdout', 'stderr'] as const) say(output[stream].takeRest(), stream);
    });
    own.over = this.#untilEnd(
      run,
      own,
      ended.then(() => mirror),
    );
    return {
      onMessage: message => {
        toMirror(opened => opened.hear(message));
        if (message.type === 'progress') own.live.progressed(message.counts);
      },
      onOutput: (text, stream) => say(output[stream].shown(text), stream),
    };
  }

  /** Stops all runs, to be resumed later. From now on nobody hears of errors. */
  stopAll(reason: string): void {
    this.#isClosed = true;
    for (const { process } of this.#runs.values()) process.stop('interrupted', reason);
  }

  /** Resolves when the ends of all runs are stored. */
  async over(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ over }) => over));
  }

  async #beginMirror(run: number, own: OwnRun): Promise<RunMirror | undefined> {
    try {
      const mirror = await this.#mirrors.acquire(run);
      own.live.begin(await this.#store.do('runItem', run));
      await mirror.begin();
      return mirror;
    } catch (error) {
      // When the store is gone, the end of the run says so.
      if (!isForeseen(error)) this.#options.onError(error);
      return undefined;
    }
  }

  async #untilEnd(run: number, own: OwnRun, opening: Promise<RunMirror | undefined>): Promise<void> {
    const end = await own.process.done;
    debugHost('run %d: its process has ended%s', run, end.kind === 'lost' ? `: ${end.reason}` : '');
    try {
      if (await this.#store.do('holdsRun', { run, uid: own.uid })) await this.#end(run, own, end, await opening);
      else await this.#endWithoutStore(run, own, end, await opening);
    } catch (error) {
      this.#forget(run, own);
      if (!this.#isClosed) this.#options.onError(error);
    }
    this.#options.onOver();
  }

  async #end(run: number, own: OwnRun, end: RunEnd, mirror: RunMirror | undefined): Promise<void> {
    if (end.kind === 'lost') {
      const { reason, owner, stop } = end;
      await this.#store.do('noteLoss', { run, reason, owner, stop });
    }
    this.#forget(run, own);
    await mirror?.end();
    this.#options.onItem(await this.#store.do('runItem', run));
    if (mirror) this.#mirrors.release(mirror);
    this.#options.notices.ended(run, end.kind === 'lost');
  }

  /** The store has been deleted or replaced while the run was running, so only what this host knows of the run can be shown. */
  async #endWithoutStore(run: number, own: OwnRun, end: RunEnd, mirror: RunMirror | undefined): Promise<void> {
    this.#forget(run, own);
    const reason = end.kind === 'lost' ? end.reason : storeReplaced(this.#store.file).message;
    const item = interruptedItem(own.live.item, reason);
    // A watcher may have opened a mirror although our own could not be opened any more.
    (mirror ?? (await this.#mirrors.get(run)))?.endWithoutStore(item);
    this.#options.onItem(item);
    if (mirror) this.#mirrors.release(mirror);
  }

  /** A re-run that has started meanwhile is another entry, and stays. */
  #forget(run: number, own: OwnRun): void {
    if (this.#runs.get(run) === own) this.#runs.delete(run);
  }
}
