import type { ListedRun, RunItem } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';

/** The latest run of a workflow, also when it is older than the runs that the page has. */
export function useLatestRun(file: string, workflow: string): RunItem | undefined {
  const known = useStudio(state => firstOf(state.runs, run => run.file === file && run.workflow === workflow));
  const hasMore = useStudio(state => state.runs.length > 0 && !state.runsComplete);
  const older = useLoad(
    known === undefined && hasMore ? () => api().listRuns({ file, workflow, limit: 1 }) : undefined,
    [file, workflow],
  );
  return known ?? (older.state === 'loaded' ? firstOf(older.value, () => true) : undefined);
}

function firstOf(runs: readonly ListedRun[], isWanted: (run: RunItem) => boolean): RunItem | undefined {
  for (const run of runs) if (run.status !== 'damaged' && isWanted(run)) return run;
  return undefined;
}
