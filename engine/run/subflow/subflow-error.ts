import type { RunSummary } from '../../../common/run-summary.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { describeValue } from '../../workflow/errors.ts';

/** The run of another workflow, which a step waits for, has not completed. Says why, and which run it is. */
export class SubflowError extends Error {
  override readonly name = 'SubflowError';
  readonly run: number;
  /** What the author of the other workflow says of its failure. */
  readonly explained: string | undefined;

  constructor({
    run,
    workflow,
    status,
    reason,
    error,
  }: Pick<RunSummary, 'run' | 'workflow' | 'status' | 'reason' | 'error'>) {
    const what = `${describeValue(workflow)} ${status === 'cancelled' ? 'was cancelled' : 'failed'} in run ${run}`;
    super(error || reason === undefined ? what : `${what}: ${reason}`, error && { cause: causeOf(error) });
    this.run = run;
    this.explained = error?.explain;
    // Of no line of the author's: the cause is, where the other workflow has failed.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** An error as the other run has stored it, with the reasons behind it. */
function causeOf({ name, message, stack, fields }: StoredError): Error {
  const cause = new Error(message);
  cause.name = name;
  cause.stack = stack ?? `${name}: ${message}`;
  return Object.assign(cause, fields);
}
