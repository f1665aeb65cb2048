import type { WaitKey, WaitRow, WaitStore } from '../../store/wait-store.ts';
import { answerOf } from '../durable-waits/answers.ts';
import type { Answer, NewWait, Waits } from '../durable-waits/waits.ts';

/** A probe has come to a wait that nobody has answered. */
class AnswerNeeded extends Error {
  override readonly name = 'AnswerNeeded';
}

/** Waits in a probe: it gives the answers that the batch was given, and asks nobody. At any other wait the probe ends. */
export class ProbedWaits implements Waits {
  readonly hasRested = false;
  readonly #stored: Pick<WaitStore, 'last'>;
  readonly #scope: number;
  readonly #onNeeded: (what: string) => void;

  /** @param stored Those of the run. @param scope Of the batch that is probed. @param onNeeded Hears at what the probe ends. */
  constructor(stored: Pick<WaitStore, 'last'>, scope: number, onNeeded: (what: string) => void) {
    this.#stored = stored;
    this.#scope = scope;
    this.#onNeeded = onNeeded;
  }

  async open({ node, path, kind }: NewWait): Promise<WaitRow> {
    const wait = this.#stored.last(this.#scope, node);
    if (wait && answerOf(wait)) return await Promise.resolve(wait);
    const what = kind === 'humanInTheLoop' ? `the approval ${path}` : `the event of ${path}`;
    this.#onNeeded(what);
    throw new AnswerNeeded(`A probe does not wait for ${what}.`);
  }

  async answer(wait: WaitRow): Promise<Answer> {
    const answer = answerOf(wait);
    if (!answer) throw new AnswerNeeded('A probe waits for nobody.');
    return await Promise.resolve(answer);
  }

  async passOver(wait: WaitRow): Promise<WaitRow> {
    return await Promise.reject(
      new AnswerNeeded(`A probe does not wait for another event than that of ${wait.event}.`),
    );
  }

  shows(): void {}
  take(_wait: WaitKey): void {}
  withdraw(): void {}
  readonly waiting = [];
  readonly isSettled = true;
  noteRest(): void {}
  look(): void {}
  rest(): boolean {
    return false;
  }
  restIfIdle(): void {}
}
