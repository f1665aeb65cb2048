import type { Database } from 'better-sqlite3';
import type { RunCounts } from '../../common/run-summary.ts';
import { systemClock } from '../run/clock.ts';
import { lastLogId, logLines } from '../store/log-queries.ts';
import { observedRun, showRun } from '../store/run-as-shown.ts';
import { dataVersion } from '../store/run-queries.ts';
import { requireRun } from '../store/runs.ts';
import type { LogEntry } from './protocol.ts';

const LOOK_EVERY_MS = 100;
const LOGS_A_LOOK = 1_000;
/** What a look finds changes without a commit, too: the process may be gone. */
const LOOK_ANYWAY_MS = 300;

export interface StoredRunListener {
  readonly onProgress: (counts: RunCounts) => void;
  readonly onLogs: (lines: readonly LogEntry[]) => void;
}

/**
 * Looks at a run that another process works on, by what that has stored, until it runs no more or `signal` is aborted.
 * @throws RunStateError when it is deleted meanwhile
 */
export async function followStored(
  db: Database,
  run: number,
  { onProgress, onLogs }: StoredRunListener,
  signal: AbortSignal,
): Promise<void> {
  let last = lastLogId(db, run);
  let version = 0;
  let lookedAt = -Infinity;
  const tellLogs = () => {
    for (;;) {
      const lines = logLines(db, { run, limit: LOGS_A_LOOK, place: { after: last } });
      last = lines.at(-1)?.id ?? last;
      if (lines.length > 0) onLogs(lines.map(entryOf));
      if (lines.length < LOGS_A_LOOK) return;
    }
  };
  while (!signal.aborted) {
    const now = dataVersion(db);
    if (now !== version || performance.now() - lookedAt >= LOOK_ANYWAY_MS) {
      [version, lookedAt] = [now, performance.now()];
      const line = observedRun(db, run);
      // Says in words that there is none.
      if (!line) return void requireRun(db, run);
      const shown = showRun(db, line, systemClock.now());
      tellLogs();
      onProgress({ items: shown.items, batches: shown.batches, nodes: shown.nodes });
      if (shown.status !== 'running') return undefined;
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function entryOf({ at, level, text, path, idx, attempt }: ReturnType<typeof logLines>[number]): LogEntry {
  return {
    at,
    level,
    text,
    ...(path !== null && { step: path }),
    ...(idx !== null && { batch: idx }),
    ...(attempt !== null && { attempt }),
  };
}
