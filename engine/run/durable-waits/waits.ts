import type { WaitKey, WaitRow } from '../../store/wait-store.ts';
import type { Scope } from '../scope.ts';

/** How a wait has ended, in the codec's text. */
export interface Answer {
  readonly status: 'answered' | 'timeout';
  readonly text: string;
}

/** What of a wait its step knows when it begins to wait. */
export type NewWait = Pick<WaitRow, 'kind' | 'event' | 'description'> & {
  readonly scope: Scope;
  readonly node: number;
  readonly path: string;
  /** Milliseconds; undefined: for as long as it takes. */
  readonly timeout: number | undefined;
};

/** What the steps do that wait for people or events: in a run, or in a probe. */
export interface Waits {
  /** The wait of a step: the one that is on record, or a new one, which is on record when this resolves. */
  open(wait: NewWait): Promise<WaitRow>;
  /** What is shown to whoever decides. In the journal's transaction. */
  shows(wait: WaitKey, payload: string): void;
  /** Waits for the end of a wait. @throws what ends the scope, or StopError when the run stops */
  answer(wait: WaitRow, scope: Scope): Promise<Answer>;
  /** The answer is not what its step waits for: waits on for another. On record when this resolves. */
  passOver(wait: WaitRow): Promise<WaitRow>;
  /** The step has come to the answer. In the journal's transaction. */
  take(wait: WaitKey): void;
  /** Nobody has to answer a step any more. */
  withdraw(step: Pick<WaitKey, 'scope' | 'node'>): void;
  /** Looks for answers. In the journal's transaction. */
  look(): void;
  /** What is waited for now. */
  readonly waiting: readonly WaitRow[];
  /** Whether everything that has been written is durable. */
  readonly isSettled: boolean;
  /** The run pauses, together with the one that it is a part of. */
  noteRest(): void;
  /** Pauses the run, if nothing is left to do in it but to wait for people or events. Returns whether it did. */
  rest(): boolean;
  /** The same, unless something has begun or ended since the last look. */
  restIfIdle(): void;
  readonly hasRested: boolean;
}
