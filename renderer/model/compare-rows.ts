import type { AttemptRow, BatchDetail } from '../../host/api/api.ts';

/** What one attempt of a batch made of one step. */
export interface CompareCell {
  /** The step's attempts in it, oldest first. */
  readonly attempts: readonly AttemptRow[];
  /** Without any: the earlier batch attempt whose result was used again. */
  readonly reusedFrom: number | undefined;
}

export interface CompareRow {
  readonly path: string;
  /** One for each attempt of the batch. */
  readonly cells: readonly CompareCell[];
}

/** The steps of a batch as rows, in the order in which they first ran, and the batch's attempts as columns. */
export function compareRows({ attempt: latest, attempts }: Pick<BatchDetail, 'attempt' | 'attempts'>): CompareRow[] {
  return [...Map.groupBy(attempts, ({ path }) => path)].map(([path, ofStep]) => ({
    path,
    cells: Array.from({ length: latest }, (_, at) => cellOf(ofStep, at + 1)),
  }));
}

function cellOf(ofStep: readonly AttemptRow[], batchAttempt: number): CompareCell {
  const attempts = ofStep.filter(attempt => attempt.batchAttempt === batchAttempt);
  const before = ofStep.findLast(attempt => attempt.batchAttempt < batchAttempt);
  const isReused = attempts.length === 0 && before?.status === 'succeeded';
  return { attempts, reusedFrom: isReused ? before.batchAttempt : undefined };
}
