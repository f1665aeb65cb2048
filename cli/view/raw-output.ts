import { clip, safe } from '../../common/safe-text.ts';

const LONGEST_LINE = 2_000;
/** How the reports begin that V8 and Node write before they abort. */
const CRASH = /<--- Last few GCs --->|FATAL ERROR: |----- Native stack trace -----/;

/** What a runner writes past `console`, without the reports of V8 and Node about their own crash, which no author can read. */
export class RawOutput {
  #isCrashing = false;

  /** As it may be shown; undefined when nothing of it is to be shown. */
  shown(text: string): string | undefined {
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
