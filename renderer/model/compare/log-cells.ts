import type { AttemptRow, LogLine } from '../../../host/api/api.ts';

/** What an attempt has said that not every attempt has. */
export interface LogCell {
  readonly lines: readonly LogLine[];
  /** All that it has said. */
  readonly all: readonly LogLine[];
}

/** The log of each attempt of a batch, and how many lines are the same in all of them. */
export function logCells(
  logs: readonly LogLine[],
  attempts: readonly AttemptRow[],
  columns: readonly number[],
): { readonly cells: readonly LogCell[]; readonly differ: number; readonly same: number } {
  const batchAttempts = new Map(
    attempts.map(({ path, attempt, batchAttempt }) => [`${path} ${attempt}`, batchAttempt]),
  );
  const byColumn = columns.map(column =>
    logs.filter(({ path, attempt }) => batchAttempts.get(`${path} ${attempt}`) === column),
  );
  // A line that is said twice in one attempt has to be said twice in each to be the same.
  const counts = byColumn.map(lines => {
    const count = new Map<string, number>();
    for (const line of lines) count.set(saying(line), (count.get(saying(line)) ?? 0) + 1);
    return count;
  });
  const inAll = new Map<string, number>();
  for (const key of counts[0]?.keys() ?? []) inAll.set(key, Math.min(...counts.map(count => count.get(key) ?? 0)));
  const cells = byColumn.map((all): LogCell => {
    const left = new Map(inAll);
    const lines = all.filter(line => {
      const rest = left.get(saying(line)) ?? 0;
      if (rest > 0) left.set(saying(line), rest - 1);
      return rest === 0;
    });
    return { lines, all };
  });
  const same = [...inAll.values()].reduce((total, count) => total + count, 0);
  return { cells, same, differ: cells.reduce((total, { lines }) => total + lines.length, 0) };
}

function saying({ level, path, text }: LogLine): string {
  return JSON.stringify([level, path, text]);
}
