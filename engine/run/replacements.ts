import type { BatchNode, DurableWaitNode, Handler } from '../workflow/nodes.ts';
import type { SharedWrite } from '../store/shared-state.ts';
import type { Attempt } from './attempt.ts';
import type { Answer } from './durable-waits/waits.ts';
import type { EffectCall } from './effects/effects.ts';

/** In the place of what all runs of the store share. */
export interface SharedReplacement {
  read(workflow: string, key: string, now: number): string | undefined;
  write(write: SharedWrite): void;
}

/** What is executed in the place of what the workflow says: by tests. */
export interface Replacements {
  /** The function of a step or action, by its path. */
  readonly handler: (path: string, handler: Handler) => Handler;
  /** Where the items of a batch or forEach come from. */
  readonly items: (path: string, items: BatchNode['items']) => BatchNode['items'];
  /** What a step comes to that waits for a person or an event; undefined: it waits. */
  readonly answer: (path: string, node: DurableWaitNode) => Promise<Answer> | undefined;
  readonly effect: (attempt: Attempt, call: EffectCall) => EffectCall;
  /** The state that all runs share. */
  readonly shared: SharedReplacement;
  /** Those for the run that the step of this path has started. */
  readonly inside: (path: string) => Replacements;
  /** From 0 to 1: the jitter of retries. */
  readonly random: () => number;
}
