import type { Args, Result } from '../api/api.ts';
import { failed, isForeseen, problemOf, succeeded } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';

const LOOK_EVERY_MS = 250;

export interface AnswersOptions {
  readonly store: Store;
  readonly resume: (run: number) => Promise<Result<'resumeRun'>>;
  /** The store has been written: whoever watches it should look. */
  readonly onWritten: (run: number) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Answers what runs wait for, and has them go on. */
export class Answers {
  readonly #options: AnswersOptions;
  #isClosed = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  async give(args: Args<'answerWait'>): Promise<Result<'answerWait'>> {
    const { store, onWritten } = this.#options;
    const { run } = args;
    try {
      await store.do('answerWait', args);
    } catch (error) {
      return failed(problemOf(error));
    }
    await onWritten(run);
    return await this.#goOn(run);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** A process that is just about to rest may not have seen the answer: then the run is resumed when it has. */
  async #goOn(run: number): Promise<Result<'answerWait'>> {
    const { store, resume, onError } = this.#options;
    const becomes = await store.do('afterAnswer', run);
    if (becomes === 'rests') return await resume(await store.do('rootOf', run));
    if (becomes === 'works')
      setTimeout(() => {
        if (this.#isClosed) return;
        this.#goOn(run).catch((error: unknown) => {
          if (!isForeseen(error)) onError(error);
        });
      }, LOOK_EVERY_MS).unref();
    return succeeded({});
  }
}
