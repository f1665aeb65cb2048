/** Whose turn it is to work at an effect: one holder at a time has a key, and gets it once. */
export class EffectTurns<Holder> {
  readonly #turns = new Map<string, { readonly holder: Holder; readonly ask: number; readonly begin: () => void }[]>();

  /** @param ask Tells asks apart: a message may come twice */
  take(key: string, holder: Holder, ask: number, begin: () => void): void {
    const turns = this.#turns.get(key) ?? [];
    if (turns.some(turn => turn.holder === holder && turn.ask === ask)) return;
    this.#turns.set(key, turns);
    turns.push({ holder, ask, begin });
    if (turns.length === 1) begin();
  }

  release(key: string, holder: Holder): void {
    const turns = this.#turns.get(key);
    if (turns?.[0]?.holder !== holder) return;
    turns.shift();
    this.#next(key, turns);
  }

  /** A holder is gone. */
  releaseAll(holder: Holder): void {
    for (const [key, turns] of this.#turns) {
      const hadTurn = turns[0]?.holder === holder;
      const others = turns.filter(turn => turn.holder !== holder);
      this.#turns.set(key, others);
      if (hadTurn || others.length === 0) this.#next(key, others);
    }
  }

  #next(key: string, turns: readonly { readonly begin: () => void }[]): void {
    const [next] = turns;
    if (next) next.begin();
    else this.#turns.delete(key);
  }
}
