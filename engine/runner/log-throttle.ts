import { startOf } from '../run/log-buffer.ts';
import type { Speaker } from '../run/run-log.ts';
import type { LogLine } from '../store/records.ts';
import type { LogEntry } from './protocol.ts';

const EVERY_MS = 50;
/** More lines at a time are only counted: all of them are in the store. */
const MOST_LINES_AT_A_TIME = 200;
const LONGEST_LINE = 2_000;

/** Passes log lines on to the parent process in batches, and no more than a person can read. */
export class LogThrottle {
  readonly #send: (batch: { lines: readonly LogEntry[]; dropped: number }) => void;
  readonly #hasRoom: () => boolean;
  #lines: LogEntry[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param hasRoom Whether the parent takes what it is sent. Until then, lines beyond those of one time are only counted. */
  constructor(
    send: (batch: { lines: readonly LogEntry[]; dropped: number }) => void,
    hasRoom: () => boolean = () => true,
  ) {
    this.#send = send;
    this.#hasRoom = hasRoom;
  }

  add(line: LogLine, by: Speaker | undefined): void {
    this.#wait();
    if (this.#lines.length >= MOST_LINES_AT_A_TIME) {
      this.#dropped += 1;
      return;
    }
    const text = line.text.length > LONGEST_LINE ? `${startOf(line.text, LONGEST_LINE)}…` : line.text;
    this.#lines.push({
      ...line,
      text,
      ...(by && { step: by.path, batch: by.scopeOf.batch?.index, attempt: by.attempt }),
      ...(by?.part !== undefined && { part: by.part }),
    });
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#hasRoom()) this.flush();
      else this.#wait();
    }, EVERY_MS);
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
