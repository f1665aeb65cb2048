import { z } from 'zod';
import { problem, runId, scopeId } from './common.ts';
import { itemError } from './items.ts';

/** How an execution in a debugger has ended. `not-attached`: no debugger came. `needs-effect`: it passed up to an effect, which is not executed. */
const debugOutcome = z.enum(['passes', 'fails', 'needs-effect', 'stopped', 'not-attached', 'not-allowed', 'refused']);

/** A failed batch that is executed in a debugger, or was: the last one since the folder was opened. */
export const debugging = z.object({
  run: runId,
  scope: scopeId,
  /** Path of the batch node. */
  path: z.string(),
  batch: z.number(),
  state: z.enum(['starting', 'waiting', 'attached', 'ended']),
  /** For a debugger: while one is waited for, or attached. */
  address: z.string().optional(),
  /** The path of the step that it stops at; absent where no step has failed but the body of the batch. */
  step: z.string().optional(),
  outcome: debugOutcome.optional(),
  /** What it fails with. */
  error: itemError.optional(),
  /** Why it could not be executed. */
  problem: problem.optional(),
});
