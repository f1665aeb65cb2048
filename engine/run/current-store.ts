import * as waits from '../store/answer-wait.ts';
import { openStore, type StoreDatabase } from '../store/open.ts';

/** What steps do in the store of their run that is not the run's own: they publish events, and answer what waits. */
export interface StoreOfSteps {
  /** @param event Its payload is in the codec's text. */
  publishEvent(event: {
    readonly name: string;
    readonly payload: string;
    readonly by: string;
    readonly at: number;
  }): void;
  /** @throws RunStateError when nothing waits under the token */
  answerWait(token: string, answer: waits.AnswerGiven): void;
}

/** The store's file, opened for each: a run's own connection may be in the middle of something. */
export class FileOfSteps implements StoreOfSteps {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  publishEvent(event: Parameters<StoreOfSteps['publishEvent']>[0]): void {
    this.#write(db => waits.publishEvent(db, event));
  }

  answerWait(token: string, answer: waits.AnswerGiven): void {
    this.#write(db => waits.answerWait(db, { token }, answer));
  }

  #write(work: (db: StoreDatabase) => unknown): void {
    const db = openStore(this.#file, { mode: 'write' });
    try {
      work(db);
    } finally {
      db.close();
    }
  }
}

let current: StoreOfSteps | undefined;

export function setCurrentStore(store: StoreOfSteps): void {
  current = store;
}

/** The store of the run that this process executes. Undefined where it executes none, such as one that looks at a file. */
export function currentStore(): StoreOfSteps | undefined {
  return current;
}
