import { availableParallelism } from 'node:os';
import { userName } from '../../engine/user-name.ts';
import type { Interrupted, Result, RunItem } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import type { FolderSettings } from '../workspace/folder-settings.ts';

/** More than anybody resumes at once. */
const MOST = 500;
/** A process whose program has crashed takes its steps this long to end, at most: it is a run of the time before, too. */
const STILL_ENDING_MS = 30_000;

export interface InterruptionsOptions {
  readonly store: Pick<Store, 'do'>;
  readonly runs: {
    resume(run: number): Promise<Result<'resumeRun'>>;
    /** Resolves when this host does not execute the run any more. */
    over(run: number): Promise<void>;
  };
  readonly isTrusted: () => boolean;
  readonly settings: { get(): FolderSettings; change(change: FolderSettings): void };
  readonly onChange: (interrupted: Interrupted) => void;
  readonly onError: (error: unknown) => void;
  /** How many of them run at a time. @default as many as this machine has processors */
  readonly atATime?: number | undefined;
  /** Milliseconds on the wall clock. @default Date.now */
  readonly now?: (() => number) | undefined;
}

type Resuming = NonNullable<Interrupted['resuming']>;

/**
 * The runs that were interrupted before the folder was opened, by a crash, the end of their program or a signal: the start names them, and
 * they are resumed all at once, by a person or by a setting of the folder.
 */
export class Interruptions {
  readonly #options: InterruptionsOptions;
  #runs: readonly RunItem[] = [];
  /** Those of which there was news while the list was read, which may be older. */
  readonly #changed = new Set<number>();
  /** Other processes work on these, as it seemed: the one that started them may be gone already. */
  readonly #wereRunning = new Set<number>();
  readonly #openedAt: number;
  /** Those that are still to be resumed, the oldest first. */
  #toResume: RunItem[] = [];
  #resuming: Resuming | undefined;
  #done: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: InterruptionsOptions) {
    this.#options = options;
    this.#openedAt = this.#now();
  }

  shown(): Interrupted {
    return {
      runs: this.#runs.map(({ run, title, name }) => ({ run, name: title ?? name })),
      resumesByItself: this.#options.settings.get().resumesSince !== undefined,
      ...(this.#resuming && { resuming: this.#resuming }),
    };
  }

  /** Looks for them, once. */
  async look(): Promise<void> {
    const { store, onError } = this.#options;
    try {
      const listed = await store.do('searchRuns', { statuses: ['interrupted', 'running'], limit: MOST });
      const found: RunItem[] = [];
      for (const item of listed) {
        if (item.status === 'damaged' || this.#changed.has(item.run)) continue;
        if (item.status === 'running') this.#wereRunning.add(item.run);
        else found.push(item);
      }
      this.#add(found);
    } catch (error) {
      // A store that cannot be read is told where its runs are listed.
      if (!isForeseen(error)) onError(error);
    }
  }

  /** There is news of a run. */
  noteRun(item: RunItem): void {
    const { run, status } = item;
    // It goes on in the process that it has, and may yet be interrupted.
    if (status === 'running' && !this.#runs.some(other => other.run === run)) return;
    if (status !== 'interrupted') return this.noteGone(run);
    const hadBegunBefore = this.#wereRunning.delete(run) && this.#now() - this.#openedAt < STILL_ENDING_MS;
    if (hadBegunBefore) this.#add([item]);
  }

  noteGone(run: number): void {
    this.#changed.add(run);
    this.#wereRunning.delete(run);
    if (!this.#runs.some(other => other.run === run)) return;
    this.#runs = this.#runs.filter(other => other.run !== run);
    this.#tell();
  }

  resumeAll(): Result<'resumeInterrupted'> {
    if (this.#runs.length === 0) return failed(stateProblem('There are no interrupted runs any more.'));
    if (this.#isGoingOn) return failed(stateProblem('The interrupted runs are already being resumed.'));
    this.#begin(this.#runs, userName());
    return succeeded({});
  }

  /** Resumes no others. What runs goes on. */
  stopResuming(): void {
    if (this.#resuming?.state === 'going on') this.#change({ state: 'stopping' });
  }

  /** The start says no more of them, also the next time. @throws when it cannot be stored */
  dismiss(): Result<'dismissInterrupted'> {
    try {
      this.#options.settings.change({ interruptionsSeenAt: this.#now() });
    } catch (error) {
      return failed({
        ...problemOf(error),
        message: `This cannot be stored, so the next start names them again: ${problemOf(error).message}`,
      });
    } finally {
      this.#runs = [];
      if (!this.#isGoingOn) this.#resuming = undefined;
      this.#tell();
    }
    return succeeded({});
  }

  setResumesByItself(on: boolean): Result<'setResumesByItself'> {
    try {
      this.#options.settings.change({ resumesSince: on ? this.#now() : undefined });
    } catch (error) {
      return failed({ ...problemOf(error), message: `This cannot be stored: ${problemOf(error).message}` });
    }
    this.#tell();
    return succeeded({});
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#done;
  }

  get #isGoingOn(): boolean {
    return this.#resuming?.state === 'going on' || this.#resuming?.state === 'stopping';
  }

  /** Names runs that were interrupted, and resumes them where the folder is set so. */
  #add(found: readonly RunItem[]): void {
    const { settings, isTrusted } = this.#options;
    const { interruptionsSeenAt = 0, resumesSince } = settings.get();
    const unseen = found.filter(item => since(item) > interruptionsSeenAt);
    if (unseen.length > 0) this.#runs = [...this.#runs, ...unseen].toSorted((a, b) => b.run - a.run);
    this.#tell();
    const own = resumesSince === undefined ? [] : unseen.filter(item => since(item) > resumesSince);
    if (own.length === 0 || !isTrusted()) return;
    if (this.#goesOn && this.#resuming?.by === undefined) {
      this.#toResume.push(...own);
      this.#change({ total: (this.#resuming?.total ?? 0) + own.length });
    } else if (!this.#isGoingOn) this.#begin(own, undefined);
  }

  #begin(runs: readonly RunItem[], by: string | undefined): void {
    this.#resuming = {
      ...(by !== undefined && { by }),
      startedAt: this.#now(),
      total: runs.length,
      resumed: 0,
      refused: [],
      state: 'going on',
    };
    // The oldest first: others may build on what it leaves.
    this.#toResume = runs.toReversed();
    this.#tell();
    this.#done = this.#resume().catch(this.#options.onError);
  }

  async #resume(): Promise<void> {
    const { runs, atATime = availableParallelism() } = this.#options;
    const running = new Set<Promise<void>>();
    for (;;) {
      while (running.size >= atATime && this.#toResume.length > 0 && this.#goesOn) await Promise.race(running);
      const next = this.#goesOn ? this.#toResume.shift() : undefined;
      if (!next) break;
      const { run } = next;
      const begun = await runs.resume(run);
      if (begun.ok) {
        const over = runs.over(run).then(() => void running.delete(over));
        running.add(over);
        this.#change({ resumed: (this.#resuming?.resumed ?? 0) + 1 });
      } else {
        const { message } = begun.problem;
        this.#change({ refused: [...(this.#resuming?.refused ?? []), { run, message }] });
      }
    }
    this.#change({ state: this.#resuming?.state === 'stopping' ? 'stopped' : 'done' });
  }

  get #goesOn(): boolean {
    return !this.#isClosed && this.#resuming?.state === 'going on';
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #change(change: Partial<Resuming>): void {
    if (this.#resuming) this.#resuming = { ...this.#resuming, ...change };
    this.#tell();
  }

  #tell(): void {
    if (!this.#isClosed) this.#options.onChange(this.shown());
  }
}

/** When it was last worked on, as far as is known. */
function since({ endedAt, startedAt }: RunItem): number {
  return endedAt ?? startedAt;
}
