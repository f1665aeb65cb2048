import type { FailureCause } from '../engine/store/failure-cause.ts';
import type { CausePlaces } from '../engine/store/queries.ts';

/** A cause of failure, and the batches that failed for it: at most the first thousand of them by index. */
export function failureEvent(
  { path, message, explain, at, step, batches }: FailureCause,
  { indices, within }: CausePlaces,
): object {
  return {
    event: 'failure',
    node: path,
    batches,
    indices,
    ...(within && { within }),
    message,
    ...(explain !== undefined && { explain }),
    ...(at && { file: at.file, line: at.line }),
    ...(step !== undefined && { step }),
  };
}
