/** What a worker has asked its runner, by number. An answer that comes twice, or to nothing, changes nothing. */
export class Questions<Answer> {
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #last = 0;

  ask(send: (ask: number) => void): Promise<Answer> {
    this.#last += 1;
    const ask = this.#last;
    return new Promise(resolve => {
      this.#asked.set(ask, resolve);
      send(ask);
    });
  }

  answer(ask: number, answer: Answer): void {
    this.#asked.get(ask)?.(answer);
    this.#asked.delete(ask);
  }

  /** Whether an answer is waited for. */
  get areOpen(): boolean {
    return this.#asked.size > 0;
  }
}
