import type { Attempt } from '../attempt.ts';
import type { Run } from '../run.ts';

/** Which workflow a step runs, and with what. */
export interface SubflowCall {
  readonly workflow: string;
  /** The payload of its run. */
  readonly input: unknown;
  /** The idempotency key of the step. */
  readonly key: string;
}

/** What a run of another workflow has come to. */
export interface SubflowResult {
  readonly child: number;
  readonly output: unknown;
}

/** What the steps do that run other workflows: in a run, or in a probe. */
export interface Subflows {
  /**
   * Has an attempt come to what a run of another workflow comes to: one that is begun for it, or the one that an earlier attempt
   * has begun. @throws SubflowError when that fails
   */
  execute(attempt: Attempt, call: SubflowCall): Promise<SubflowResult>;
  /** The step has come to the output. In the journal's transaction. */
  take(child: number): void;
  /** The runs that are being executed for this one, and those for these. */
  readonly runs: Iterable<Run>;
  /** Resolves when none of them is executed any more: also those that their steps have not waited for. */
  ended(): Promise<void>;
}
