import type { Attempt } from '../attempt.ts';
import type { EffectCall, Effects } from '../effects/effects.ts';

/**
 * `ctx.effect` in a demo: it is stored as in any run, and nothing is done outside. Nobody outside is asked either whether it was
 * done: what a killed process has begun is pretended once more.
 */
export class PretendedEffects implements Effects {
  readonly #stored: Effects;

  constructor(stored: Effects) {
    this.#stored = stored;
  }

  async execute(attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { key, inDemo } = call;
    return await this.#stored.execute(attempt, { ...call, perform: () => inDemo?.(key), verify: () => undefined });
  }

  close(): void {
    this.#stored.close();
  }
}
