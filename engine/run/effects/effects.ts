import type { Unit } from '../../../common/format.ts';
import type { Attempt } from '../attempt.ts';

/** One call of `ctx.effect`, with its arguments checked. */
export interface EffectCall {
  readonly key: string;
  readonly perform: () => unknown;
  /** Gives the receipt of an effect that was done, and undefined or null for one that was not. */
  readonly verify: ((key: string) => unknown) | undefined;
  /** What the effect is to do, in the codec's text, where the author says it. */
  readonly params: string | undefined;
  readonly unit: Unit | undefined;
  /** What a demo has for its receipt. */
  readonly inDemo: ((key: string) => unknown) | undefined;
}

/**
 * What `ctx.effect` does. A run stores what came of each effect (stored-effects.ts); whatever executes steps without keeping
 * anything gives its steps another one.
 */
export interface Effects {
  /** @returns the receipt of the effect, which this attempt has executed or an earlier one has */
  execute(attempt: Attempt, call: EffectCall): Promise<unknown>;
  /** The run ends: what is still in flight can no longer be written. */
  close(): void;
}
