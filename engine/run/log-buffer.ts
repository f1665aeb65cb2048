import type { LogLine } from '../store/records.ts';

export const MAX_LINES = 1_000;
export const MAX_LINE_LENGTH = 16_384;
export const MAX_TOTAL_LENGTH = 1_048_576;

/** What one attempt says, up to a bound; what is over it is counted and said once at the end. */
export class LogBuffer {
  #lines: LogLine[] = [];
  #kept = 0;
  #length = 0;
  #dropped = 0;

  add(line: LogLine): boolean {
    if (this.#kept >= MAX_LINES || this.#length >= MAX_TOTAL_LENGTH) {
      this.#dropped += 1;
      return false;
    }
    const text = line.text.length <= MAX_LINE_LENGTH ? line.text
      : `${line.text.slice(0, MAX_LINE_LENGTH)}… (${line.text.length - MAX_LINE_LENGTH} more characters were not kept)`;
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
      lines.push({ at: end.at, level: 'note', text: `${this.#dropped} more lines were not kept: a step's log holds ${MAX_LINES} lines and ${MAX_TOTAL_LENGTH / 1_048_576} MB.` });
      this.#dropped = 0;
    }
    return lines;
  }
}
