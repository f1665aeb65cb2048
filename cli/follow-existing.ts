import { followStored } from '../engine/runner/follow-stored.ts';
import { parseStoredGraph } from '../engine/store/parse-stored.ts';
import { requireRun } from '../engine/store/runs.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { reportStored } from './report-end.ts';
import type { LiveView } from './view/live.ts';
import { withStore } from './with-store.ts';

/**
 * Shows a run that was to be started once, and that another process works on or that has ended. Ctrl-C ends the looking, not the run.
 * Returns the exit code, by the status of the run.
 */
export async function followExisting(store: string, run: number, view: LiveView, json: boolean): Promise<number> {
  const looking = abortOnSignals();
  try {
    return await withStore(store, 'write', async db => {
      const { graph } = requireRun(db, run);
      view.started({ run, graph: parseStoredGraph(graph), existing: 'shown' });
      await followStored(
        db,
        run,
        { onProgress: counts => view.progress(counts), onLogs: lines => view.logs(lines, 0) },
        looking.signal,
      );
      view.end();
      return reportStored(db, store, run, json);
    });
  } finally {
    looking.end();
  }
}
