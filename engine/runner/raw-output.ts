import { clip, safe } from '../../common/safe-text.ts';

const LONGEST_LINE = 2_000;
/** A line that is longer than this is shown in parts: a program may write without ever ending one. */
const MOST_WAITING = 65_536;
/** How the reports begin that V8 and Node write before they abort. */
const CRASH = /<--- Last few GCs --->|FATAL ERROR: |----- Native stack trace -----/;

/**
 * What a runner writes past `console`, without the reports of V8 and Node about their own crash, which no author can
 * read. Text comes in pieces that end anywhere: only whole lines are shown, and the rest at the end.
 */
export class RawOutput {
  #isCrashing = false;
  #waiting = '';

  /** The lines that are whole now; undefined when there is none to be shown. */
  shown(text: string): string | undefined {
    const all = this.#waiting + text;
    const lines = all.lastIndexOf('\n') + 1;
    const end = all.length - lines > MOST_WAITING ? all.length : lines;
    this.#waiting = all.slice(end);
    return this.#lines(all.slice(0, end));
  }

  /** What came after the last end of a line, to be taken once. */
  takeRest(): string | undefined {
    const text = this.#waiting;
    this.#waiting = '';
    return this.#lines(text);
  }

  #lines(text: string): string | undefined {
    if (this.#isCrashing) return undefined;
    const crash = text.search(CRASH);
    this.#isCrashing = crash >= 0;
    const said = safe(this.#isCrashing ? text.slice(0, crash) : text).trimEnd();
    if (said === '') return undefined;
    return said
      .split('\n')
      .map(line => clip(line, LONGEST_LINE))
      .join('\n');
  }
}
