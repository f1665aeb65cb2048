import type { Attempt } from '../run/attempt.ts';
import { startOf } from '../run/log-buffer.ts';
import type { LogLine } from '../store/records.ts';
import type { LogEntry } from './protocol.ts';

const EVERY_MS = 50;
/** A screen is not a store: what comes faster is counted, and is to be read in the store. */
const MAX_LINES_A_TURN = 200;
const MAX_LINE_LENGTH = 2_000;

/** Passes log lines on to whoever watches, gathered, and no more than can be watched. */
export class LogThrottle {
  readonly #send: (batch: { lines: readonly LogEntry[]; dropped: number }) => void;
  #lines: LogEntry[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (batch: { lines: readonly LogEntry[]; dropped: number }) => void) {
    this.#send = send;
  }

  add(line: LogLine, attempt: Attempt | undefined): void {
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS);
    if (this.#lines.length >= MAX_LINES_A_TURN) {
      this.#dropped += 1;
      return;
    }
    const text = line.text.length > MAX_LINE_LENGTH ? `${startOf(line.text, MAX_LINE_LENGTH)}…` : line.text;
    this.#lines.push({
      ...line,
      text,
      ...(attempt && { step: attempt.path, batch: attempt.scopeOf.batch?.index, attempt: attempt.attempt }),
    });
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    this.#send({ lines: this.#lines, dropped: this.#dropped });
    this.#lines = [];
    this.#dropped = 0;
  }
}
