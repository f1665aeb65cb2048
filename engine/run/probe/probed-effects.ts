import { decode } from '../../store/codec.ts';
import type { EffectStore } from '../../store/effect-store.ts';
import type { Attempt } from '../attempt.ts';
import type { EffectCall, Effects } from '../effects/effects.ts';

/** A probe has come to an effect that the run has not done. */
class EffectNeeded extends Error {
  override readonly name = 'EffectNeeded';
}

/**
 * `ctx.effect` in a probe: gives the receipt of what the run has done, and executes nothing. At any other effect the probe
 * ends.
 */
export class ProbedEffects implements Effects {
  readonly #stored: Pick<EffectStore, 'find'>;
  #needed: string | undefined;

  /** @param stored Those of the run. */
  constructor(stored: Pick<EffectStore, 'find'>) {
    this.#stored = stored;
  }

  /** The probe ends at something else that it does not do. */
  need(what: string): void {
    this.#needed ??= what;
  }

  /** The key of the effect at which the probe has ended. */
  get needed(): string | undefined {
    return this.#needed;
  }

  async execute(attempt: Attempt, { key }: EffectCall): Promise<unknown> {
    const done = this.#stored.find(key);
    if (done?.status === 'done') return done.receipt === null ? undefined : decode(done.receipt);
    const error = new EffectNeeded(`The effect ${JSON.stringify(key)} is not executed by a probe.`);
    this.#needed ??= key;
    // Also where the step catches what is thrown here.
    attempt.abort(error);
    throw error;
  }

  close(): void {}
}
