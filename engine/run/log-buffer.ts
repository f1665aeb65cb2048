import type { LogLine } from '../store/records.ts';

const MAX_LINES = 1_000;
const MAX_LINE_LENGTH = 16_384;
const MAX_TOTAL_LENGTH = 1_048_576;

/** A copy of the start of a text: with a slice, the whole text would stay in memory. */
export function startOf(text: string, length: number): string {
  return text.length <= length ? text : Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le');
}

/** The log of one attempt, up to a bound. Lines beyond it are counted, and one note says how many. */
export class LogBuffer {
  #lines: LogLine[] = [];
  #stored = 0;
  #length = 0;
  #dropped = 0;
  #isClosed = false;

  add(line: LogLine): boolean {
    if (this.#stored >= MAX_LINES || this.#length >= MAX_TOTAL_LENGTH) {
      this.#dropped += 1;
      return false;
    }
    const text =
      line.text.length <= MAX_LINE_LENGTH
        ? line.text
        : `${startOf(line.text, MAX_LINE_LENGTH)}… (${line.text.length - MAX_LINE_LENGTH} more characters were not stored)`;
    this.#lines.push({ ...line, text });
    this.#stored += 1;
    this.#length += text.length;
    return true;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#dropped === 0;
  }

  /** The lines since the last call; with `end`, also the note about what was dropped. */
  take(end?: { readonly at: number }): readonly LogLine[] {
    const lines = this.#lines;
    this.#lines = [];
    if (end && this.#dropped > 0) {
      lines.push({
        at: end.at,
        level: 'note',
        text: `${this.#dropped} more lines were not stored: a step's log holds ${MAX_LINES} lines and ${MAX_TOTAL_LENGTH / 1_048_576} MB.`,
      });
      this.#dropped = 0;
    }
    return lines;
  }

  /** Takes back lines that were not stored after all. */
  putBack(lines: readonly LogLine[]): void {
    this.#lines = [...lines, ...this.#lines];
  }

  /** The lines since the last call, for a log without an end: a note says so when lines are dropped for the first time. */
  takeLate(at: number): readonly LogLine[] {
    const lines = this.#lines;
    this.#lines = [];
    if (this.#dropped === 0 || this.#isClosed) return lines;
    this.#isClosed = true;
    return [
      ...lines,
      {
        at,
        level: 'note',
        text:
          'No more lines are stored: of lines logged after a step has ended, or by no step, ' +
          `the log holds up to ${MAX_LINES} lines and ${MAX_TOTAL_LENGTH / 1_048_576} MB.`,
      },
    ];
  }
}
