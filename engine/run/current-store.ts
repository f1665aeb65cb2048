import * as waits from '../store/answer-wait.ts';
import { openStore, type StoreDatabase } from '../store/open.ts';
import { SharedStore, type SharedAccess } from '../store/shared-store.ts';
import { systemClock } from './clock.ts';

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
  /** What runs share. */
  readonly shared: SharedAccess;
}

/** The store's file, opened for each: a run's own connection may be in the middle of something. */
export class FileOfSteps implements StoreOfSteps {
  readonly #file: string;
  readonly shared: SharedAccess;

  constructor(file: string) {
    this.#file = file;
    this.shared = new SharedStore({ file, now: () => systemClock.now(), within: work => this.#write(work) });
  }

  publishEvent(event: Parameters<StoreOfSteps['publishEvent']>[0]): void {
    this.#write(db => waits.publishEvent(db, event));
  }

  answerWait(token: string, answer: waits.AnswerGiven): void {
    this.#write(db => waits.answerWait(db, { token }, answer));
  }

  #write<T>(work: (db: StoreDatabase) => T): T {
    const db = openStore(this.#file, { mode: 'write' });
    try {
      return work(db);
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
