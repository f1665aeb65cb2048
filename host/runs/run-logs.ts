import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { LogLine } from '../api/api.ts';
import type { Store } from '../store/store.ts';

const LINES_PER_READ = 200;
const MOST_OUTPUT_LINES = 50;
const MOST_OUTPUT_LENGTH = 2_000;

export type OnLogs = (run: number, lines: readonly LogLine[], dropped: number) => void;

/** Passes on the log of one run as it grows: from its runner's messages, or from the store. */
export class RunLogs {
  readonly #run: number;
  readonly #store: Store;
  readonly #onLogs: OnLogs;
  #lastRead: number | undefined;
  /** The store has not numbered the lines of a message yet, so they get negative ids. */
  #lastUnnumbered = 0;

  constructor(run: number, store: Store, onLogs: OnLogs) {
    this.#run = run;
    this.#store = store;
    this.#onLogs = onLogs;
  }

  hear({ lines, dropped }: Extract<FromRunner, { type: 'logs' }>): void {
    // Those of a run that is a part of this one are in its own log.
    const own = lines.filter(({ part }) => part === undefined);
    if (own.length === 0 && dropped === 0) return;
    this.#onLogs(
      this.#run,
      own.map(({ at, level, text, step, batch, attempt }): LogLine => ({
        id: --this.#lastUnnumbered,
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

  /** What the author's code has written to standard output or error, past `console`. It is not stored. */
  output(text: string, level: 'info' | 'warn'): void {
    const lines = text.split('\n').filter(line => line.trim() !== '');
    const shown = lines.slice(-MOST_OUTPUT_LINES);
    this.#onLogs(
      this.#run,
      shown.map(line => ({
        id: --this.#lastUnnumbered,
        at: Date.now(),
        level,
        text: line.slice(0, MOST_OUTPUT_LENGTH),
      })),
      lines.length - shown.length,
    );
  }

  /** Passes on what the store has got since the last call. @param isStale Whether the answer comes too late to be passed on */
  async read(isStale: () => boolean): Promise<void> {
    const { lines, dropped, last } = await this.#store.do('newLogs', {
      run: this.#run,
      after: this.#lastRead,
      limit: LINES_PER_READ,
    });
    if (isStale()) return;
    this.#lastRead = last;
    if (lines.length > 0) this.#onLogs(this.#run, lines, dropped);
  }

  /** Forgets where it was: the lines until now have been passed on as messages, so the next read only finds the end. */
  restart(): void {
    this.#lastRead = undefined;
  }
}
