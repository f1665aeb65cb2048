import type { BatchDetail, LogEvent } from '../../../host/api/api.ts';

/** What became of a batch and of its steps, in order, from what is known of its attempts. */
export function eventsOfBatch({
  batch,
  path,
  attempt,
  error,
  earlierAttempts,
  attempts,
  around,
}: BatchDetail): LogEvent[] {
  const { node, index, label } = batch;
  const of = { node, index, parent: around.at(-1)?.scope ?? 0, ...(label !== undefined && { label }) };
  const retries = attempts.flatMap(({ path, attempt, status, endedAt, waitsUntil, error }): LogEvent[] =>
    status !== 'failed' || endedAt === undefined || waitsUntil === undefined
      ? []
      : [{ at: endedAt, kind: 'retry', path, batch: of, attempt, waits: waitsUntil - endedAt, ...textOf(error) }],
  );
  const all = [
    ...earlierAttempts,
    { attempt, status: batch.status, startedAt: batch.startedAt, endedAt: batch.endedAt, error },
  ];
  const ofBatch = all.flatMap(({ attempt, status, startedAt, endedAt, error }, at): LogEvent[] => [
    ...(at > 0 && startedAt !== undefined
      ? [{ at: startedAt, kind: 'batch-again' as const, path, batch: of, attempt }]
      : []),
    ...(status === 'failed' && endedAt !== undefined
      ? [{ at: endedAt, kind: 'batch-failed' as const, path, batch: of, attempt, ...textOf(error) }]
      : []),
  ]);
  return [...retries, ...ofBatch].toSorted((a, b) => a.at - b.at);
}

function textOf(error: BatchDetail['error']): { text?: string } {
  return error === undefined ? {} : { text: error.message };
}
