import type { Attempt } from '../attempt.ts';
import type { EffectCall, Effects } from '../effects/effects.ts';

/** Lets one attempt at a time work at an effect, over all workers. */
export interface EffectLocks {
  take(key: string): Promise<void>;
  release(key: string): void;
}

/** Effects in a worker: as in a runner, each key by one worker at a time. */
export class WorkerEffects implements Effects {
  readonly #effects: Effects;
  readonly #locks: EffectLocks;
  readonly #atWork = new Map<string, Attempt>();

  constructor(effects: Effects, locks: EffectLocks) {
    this.#effects = effects;
    this.#locks = locks;
  }

  async execute(attempt: Attempt, call: EffectCall): Promise<unknown> {
    const { key } = call;
    // An attempt that is at work at it already would wait for itself: it is refused.
    if (this.#atWork.get(key) === attempt) return await this.#effects.execute(attempt, call);
    await this.#locks.take(key);
    this.#atWork.set(key, attempt);
    try {
      return await this.#effects.execute(attempt, call);
    } finally {
      this.#atWork.delete(key);
      this.#locks.release(key);
    }
  }

  close(): void {
    this.#effects.close();
  }
}
