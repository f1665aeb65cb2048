import { startLater, startOf, type ProcessSource, type ProcessStart } from './process-start.ts';

/** How long an answer counts. */
const COUNTS_MS = 10_000;
/** How long an older one will do while the system is asked again: a screen that looks every second is never held up. */
const WILL_DO_MS = 60_000;
const MOST_ANSWERS = 1_000;

/**
 * When processes were started, where a program has to be started to ask for it: each process is waited for at the first
 * look only.
 */
export class StartAnswers {
  readonly #source: ProcessSource;
  readonly #answers = new Map<number, { readonly start: ProcessStart; readonly at: number }>();
  readonly #asking = new Set<number>();

  constructor(source: ProcessSource) {
    this.#source = source;
  }

  of(pid: number): ProcessStart {
    const answer = this.#answers.get(pid);
    const age = answer ? this.#source.now() - answer.at : Infinity;
    if (answer && age < COUNTS_MS) return answer.start;
    if (answer && age < WILL_DO_MS) {
      this.#askAgain(pid);
      return answer.start;
    }
    return this.#note(pid, startOf(pid, this.#source));
  }

  #askAgain(pid: number): void {
    if (this.#asking.has(pid)) return;
    this.#asking.add(pid);
    startLater(pid, this.#source, start => {
      this.#asking.delete(pid);
      this.#note(pid, start);
    });
  }

  #note(pid: number, start: ProcessStart): ProcessStart {
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(pid, { start, at: this.#source.now() });
    return start;
  }
}
