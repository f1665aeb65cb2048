import type { AttemptRow } from '../../host/api/api.ts';

/** Of each step the attempt that counts: the latest. In the order in which they ran. */
export function latestByStep(attempts: readonly AttemptRow[]): AttemptRow[] {
  const latest = new Map<string, AttemptRow>();
  for (const attempt of attempts) {
    const known = latest.get(attempt.path);
    if (!known || known.attempt < attempt.attempt) latest.set(attempt.path, attempt);
  }
  return [...latest.values()].toSorted((a, b) => a.startedAt - b.startedAt);
}
