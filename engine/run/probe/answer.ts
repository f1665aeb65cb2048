import type { StoredError } from '../../../common/stored-error.ts';

/** Something that the failing line names, and its value in a few words. */
export interface LineValue {
  readonly name: string;
  readonly text: string;
}

/** What a probe came to. */
export type Answer =
  | {
      readonly passed: true;
      /** It ended at an effect, which no probe executes: what comes after is not known. The effect's key. */
      readonly needsEffect?: string | undefined;
    }
  | {
      readonly passed: false;
      readonly error: StoredError;
      /** The item that was read last before the failure, or that the body has marked. */
      readonly suspect?: number | undefined;
      /** The member of it that was read last. */
      readonly member?: string | undefined;
      /** What the failing line names, where that was asked for. */
      readonly values?: readonly LineValue[] | undefined;
      /** Out of time or out of memory. */
      readonly isExhausted?: boolean | undefined;
    };

/** Items of the batch, by index; an item that is known to be good; or values, in the codec's text, in place of items. */
export type ProbedItems = readonly number[] | 'control' | { readonly texts: readonly string[] };

/** What a test needs to execute the body as probes have executed it. Values are in the codec's text. */
export interface ProbedInputs {
  /** The batch stands in the body of another batch or of a while: a test has nothing of what is around it. */
  readonly isInside: boolean;
  readonly items: readonly string[];
  /** Absent where no probe has read it. */
  readonly payload?: string | undefined;
  /** Outputs of steps that probes have read, by name. */
  readonly steps: readonly (readonly [name: string, text: string])[];
  /** What they have read of the state. */
  readonly state: readonly (readonly [key: string, text: string])[];
  /** Steps whose output they have read, and that is too large for a test or cannot be written. */
  readonly left: readonly string[];
}

/**
 * Executes the body over chosen items of the batch, by index and in their order, and keeps nothing.
 * @param instrumented Whether the items note which of them is read. That itself may break a body, so never for the last word.
 */
export type Probe = (items: readonly number[], instrumented: boolean) => Promise<Answer>;
