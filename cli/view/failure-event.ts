import type { FailureCause } from '../../engine/store/queries.ts';

/** A cause of failure, and the batches that failed for it: at most the first thousand of them by place. */
export function failureEvent({ node, message, explain, at, step, batches, indices, within }: FailureCause): object {
  return {
    event: 'failure',
    node,
    batches,
    indices,
    ...(within && { within }),
    message,
    ...(explain !== undefined && { explain }),
    ...(at && { file: at.file, line: at.line }),
    ...(step !== undefined && { step }),
  };
}
