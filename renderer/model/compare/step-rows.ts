import type { AttemptRow } from '../../../host/api/api.ts';

/** What one attempt of a batch made of one step. */
export interface StepInAttempt {
  /** The step's attempts in it, oldest first. */
  readonly attempts: readonly AttemptRow[];
  /** Without any: the earlier attempt of the step whose result was used again. */
  readonly reused: AttemptRow | undefined;
}

export interface StepRow {
  readonly path: string;
  /** One for each of the batch attempts that were asked for. */
  readonly cells: readonly StepInAttempt[];
}

/** The steps of a batch as rows, in the order in which they first ran, and attempts of the batch as columns. */
export function stepRows(
  { attempts }: { readonly attempts: readonly AttemptRow[] },
  batchAttempts: readonly number[],
): StepRow[] {
  const steps = [...Map.groupBy(attempts, ({ path }) => path).values()];
  return steps.map((ofStep, place) => ({
    path: ofStep[0]?.path ?? '',
    cells: batchAttempts.map(number => cellOf(ofStep, number, steps.slice(place + 1))),
  }));
}

function cellOf(
  ofStep: readonly AttemptRow[],
  batchAttempt: number,
  later: readonly (readonly AttemptRow[])[],
): StepInAttempt {
  const attempts = ofStep.filter(attempt => attempt.batchAttempt === batchAttempt);
  const before = ofStep.findLast(attempt => attempt.batchAttempt < batchAttempt);
  // What a later re-run has taken out of use was used until then: steps behind it have run.
  const wasPassed = () => later.some(others => others.some(other => other.batchAttempt === batchAttempt));
  const isReused =
    attempts.length === 0 && (before?.status === 'succeeded' || (before?.status === 'superseded' && wasPassed()));
  return { attempts, reused: isReused ? before : undefined };
}
