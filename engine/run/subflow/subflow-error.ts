import type { RunSummary } from '../../../common/run-summary.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { describeValue } from '../../workflow/errors.ts';

/** The run of another workflow, which a step waits for, has not completed. Says why, and which run it is. */
export class SubflowError extends Error {
  override readonly name = 'SubflowError';
  // Not fields: those are shown with the message, which says the same.
  readonly #run: number;
  readonly #explained: string | undefined;

  constructor({
    run,
    workflow,
    status,
    reason,
    error,
  }: Pick<RunSummary, 'run' | 'workflow' | 'status' | 'reason' | 'error'>) {
    const what = `${describeValue(workflow)} ${status === 'cancelled' ? 'was cancelled' : 'failed'} in run ${run}`;
    super(error || reason === undefined ? what : `${what}: ${reason}`, error && { cause: causeOf(error) });
    this.#run = run;
    this.#explained = error?.explain;
    // Of no line of the author's: the cause is, where the other workflow has failed.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** The number of the other run. */
  get run(): number {
    return this.#run;
  }

  /** What the author of the other workflow says of its failure. */
  get explained(): string | undefined {
    return this.#explained;
  }
}

/** An error as the other run has stored it, with the reasons behind it. */
function causeOf({ name, message, stack, fields }: StoredError): Error {
  const cause = new Error(message);
  cause.name = name;
  cause.stack = stack ?? `${name}: ${message}`;
  return Object.assign(cause, fields);
}
