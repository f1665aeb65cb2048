import { BatchStatus } from '../../../common/status.ts';
import type { BatchMoment, ConcurrencyChange } from '../../../engine/store/time-queries.ts';
import type { RunTimes } from '../../api/api.ts';
import type { ActiveTime } from './active-time.ts';

/** As many as are 3 px wide on a narrow screen. */
const COLUMNS = 120;

interface Seen {
  readonly active: ActiveTime;
  readonly batches: Iterable<BatchMoment>;
  /** One of so many batches was read. */
  readonly stride: number;
  readonly changes: readonly ConcurrencyChange[];
  /** How many batches of a node the workflow lets run at a time. */
  readonly usual: ReadonlyMap<string, number>;
}

/** How fast a run went over its time, evenly divided into columns: items done and batches failed a second, and batches that ran. */
export function stripOf({ active, batches, stride, changes, usual }: Seen): RunTimes['strip'] {
  // Of a short one, no column is shorter than what its clock tells apart.
  const columns = Math.max(1, Math.min(COLUMNS, Math.floor(active.ms)));
  const width = Math.max(1, active.ms) / columns;
  const done = Array.from({ length: columns }, () => 0);
  const failed = [...done];
  const running = [...done, 0];
  const columnAt = (worked: number) => Math.min(columns - 1, Math.floor(worked / width));
  /** One that begins counts for the rest of its column, and in full from the next one on: these are added up below. */
  const edge = (worked: number, sign: 1 | -1) => {
    const column = columnAt(worked);
    const rest = Math.max(0, column + 1 - worked / width);
    running[column] = (running[column] ?? 0) + sign * rest;
    running[column + 1] = (running[column + 1] ?? 0) + sign * (1 - rest);
  };
  for (const [status, items, startedAt, endedAt] of batches) {
    edge(active.until(startedAt), 1);
    const end = active.until(endedAt ?? Number.MAX_SAFE_INTEGER);
    edge(end, -1);
    if (endedAt === null) continue;
    const column = columnAt(end);
    if (status === BatchStatus.succeeded) done[column] = (done[column] ?? 0) + items;
    else if (status === BatchStatus.failed) failed[column] = (failed[column] ?? 0) + 1;
  }
  let now = 0;
  const a = (second: number) => (second * stride * 1000) / width;
  return {
    from: active.stretches.at(0)?.from ?? 0,
    to: active.stretches.at(-1)?.to ?? 0,
    columnMs: width,
    done: done.map(a),
    failed: failed.map(a),
    // Sums of fractions leave dust behind.
    running: running.slice(0, columns).map(change => {
      now += change;
      return Math.max(0, Math.round(now * stride * 1000) / 1000);
    }),
    changes: withBefore(changes, usual).map(change => ({ ...change, column: active.until(change.at) / width })),
    resumed: active.stretches.slice(1).map(({ from }) => ({ at: from, column: active.until(from) / width })),
  };
}

function withBefore(changes: readonly ConcurrencyChange[], usual: ReadonlyMap<string, number>) {
  const known = new Map(usual);
  return changes.map(({ at, path, concurrency }) => {
    const before = known.get(path);
    known.set(path, concurrency);
    return { at, path, concurrency, ...(before !== undefined && { before }) };
  });
}
