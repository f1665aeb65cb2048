import type { LogLine } from '../store/records.ts';

const MAX_LINES = 1_000;
const MAX_LINE_LENGTH = 16_384;
const MAX_TOTAL_LENGTH = 1_048_576;

/** The start of a text as a text of its own: a slice would keep all of it in memory. */
export function startOf(text: string, length: number): string {
  return text.length <= length ? text : Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le');
}

/** What one attempt says, up to a bound; what is over it is counted and said once at the end. */
export class LogBuffer {
  #lines: LogLine[] = [];
  #kept = 0;
  #length = 0;
  #dropped = 0;
  #isClosed = false;

  add(line: LogLine): boolean {
    if (this.#kept >= MAX_LINES || this.#length >= MAX_TOTAL_LENGTH) {
      this.#dropped += 1;
      return false;
    }
    const text =
      line.text.length <= MAX_LINE_LENGTH
        ? line.text
        : `${startOf(line.text, MAX_LINE_LENGTH)}… (${line.text.length - MAX_LINE_LENGTH} more characters were not kept)`;
    this.#lines.push({ ...line, text });
    this.#kept += 1;
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
        text: `${this.#dropped} more lines were not kept: a step's log holds ${MAX_LINES} lines and ${MAX_TOTAL_LENGTH / 1_048_576} MB.`,
      });
      this.#dropped = 0;
    }
    return lines;
  }

  /** The lines since the last call, of one whom nobody asks for the rest at an end: once what is over the bound is dropped, that is said. */
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
        text: `Nothing more is kept: what is said after a step has ended, or by no step, is kept up to ${MAX_LINES} lines and ${MAX_TOTAL_LENGTH / 1_048_576} MB.`,
      },
    ];
  }
}
