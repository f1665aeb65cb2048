import { encode } from '../../store/codec.ts';
import type { WaitRow } from '../../store/wait-store.ts';
import type { Answer } from './waits.ts';

/* What a step comes to that waits for people or events, in the codec's text. */

/** Nobody has answered in time. */
export const TIMED_OUT = encode({ approved: false, status: 'timeout', timedOut: true }, 'answer');

/** How a wait has ended; undefined: it has not, or nobody has to answer it any more. */
export function answerOf({ status, answer }: Pick<WaitRow, 'status' | 'answer'>): Answer | undefined {
  if (status === 'timeout') return { status, text: TIMED_OUT };
  return status === 'answered' && answer !== null ? { status, text: answer } : undefined;
}

export interface Decision {
  readonly approved: boolean;
  readonly reason?: string | undefined;
  /** Who has decided. */
  readonly by: string;
  /** What else whoever decided was asked for. */
  readonly payload?: unknown;
}

/** What `.humanInTheLoop()` gives where a person has decided: what they were asked for is in it, and cannot change the decision. */
export function decided({ approved, reason, by, payload }: Decision): string {
  const more = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : { payload };
  return encode(
    {
      ...(payload !== undefined && more),
      ...(reason !== undefined && { reason }),
      by,
      approved,
      status: approved ? 'approved' : 'rejected',
      timedOut: false,
    },
    'answer',
  );
}
