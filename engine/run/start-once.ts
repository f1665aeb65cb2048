import { isDeepStrictEqual } from 'node:util';
import { NEXT } from '../../common/next-steps.ts';
import { keyFault } from '../../common/run-key.ts';
import { told, ToldError } from '../../common/told.ts';
import { decode, encode } from '../store/codec.ts';
import { RunTakenError } from '../store/leases.ts';
import { KeyTakenError, type KeyedRun } from '../store/run-keys.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { requireRun } from '../store/runs.ts';
import { describeValue } from '../workflow/errors.ts';
import { resumeRun, startRun, type RunEnvironment, type RunInProgress } from './execute.ts';

/** Nothing is executed: the run that has the key is being worked on elsewhere, or has ended. Whoever asked looks at that one. */
export class RunExistsError extends Error {
  override readonly name = 'RunExistsError';
  readonly run: number;

  constructor(key: string, run: number) {
    super(`Run ${run} has the key ${describeValue(key)} already.`);
    this.run = run;
  }
}

/** A key that cannot be one, or that names another run. */
export class KeyError extends ToldError {
  override readonly name = 'KeyError';
}

export interface StartedOnce extends RunInProgress {
  /** It had been begun before, and goes on from its checkpoints. */
  readonly isResumed: boolean;
}

const LOOK_EVERY_MS = 100;

/**
 * Starts the run that a key names, unless there is one: then it goes on with it where its process is gone or it was paused.
 * @throws KeyError for another workflow or payload, RunExistsError; and what startRun and resumeRun throw
 */
export async function startOnce(
  environment: RunEnvironment,
  workflowFile: string,
  payload: unknown,
  key: string | undefined,
): Promise<StartedOnce> {
  const fault = key === undefined ? undefined : keyFault(key);
  if (fault !== undefined)
    throw new KeyError(
      `The key ${describeValue(key)} cannot be one: ${fault}. It is a text, such as "films-2024-06-01".`,
    );
  try {
    return { ...(await startRun(environment, workflowFile, payload, key)), isResumed: false };
  } catch (error) {
    if (!(error instanceof KeyTakenError) || key === undefined) throw error;
    checkSame(key, error.by, environment.definition.id, payload);
    return { ...(await goOn(environment, key, error.by.run)), isResumed: true };
  }
}

async function goOn(environment: RunEnvironment, key: string, run: number): Promise<RunInProgress> {
  for (;;) {
    const { status } = requireRun(environment.db, run);
    if (status === 'completed' || status === 'failed' || status === 'cancelled') throw new RunExistsError(key, run);
    try {
      return await resumeRun(environment, run);
    } catch (error) {
      // Another process has taken it, or has ended it, meanwhile.
      if (error instanceof RunTakenError && error.isCertain) throw new RunExistsError(key, run);
      if (!(error instanceof RunTakenError) && !(error instanceof RunStateError)) throw error;
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

/** @throws KeyError */
function checkSame(key: string, { run, workflow, given }: KeyedRun, id: string, payload: unknown): void {
  const other =
    workflow !== id
      ? `is of workflow ${describeValue(workflow)}, not of ${describeValue(id)}`
      : isDeepStrictEqual(decode(given), decode(encode(payload, 'payload')))
        ? undefined
        : 'was started with another payload';
  if (other === undefined) return;
  throw new KeyError(
    told`The key ${describeValue(key)} names run ${run} already, which ${other}. Use another key, or ${NEXT.deleteRun(run)}`,
  );
}
