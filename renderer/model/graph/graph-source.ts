import type { DamagedRun, Graph, Problem, RunDetail, RunItem, Workspace, WorkflowRef } from '../../../host/api/api.ts';

/** What the graph shows: that of the run that is open, or else of the workflow. */
export interface GraphSource {
  /** Whose graph it is: its camera and its places are kept under this. */
  readonly key: string;
  readonly file: string | undefined;
  readonly graph: Graph | undefined;
  /** Why the file cannot be loaded as it is now; the graph is then of before. */
  readonly problem: Problem | undefined;
}

/** What of the page's state it follows from. */
interface OpenState {
  readonly workflow: WorkflowRef | undefined;
  readonly runId: number | undefined;
  readonly detail: Pick<RunDetail, 'graph'> | undefined;
  readonly runs: readonly (Pick<RunItem, 'run' | 'file' | 'workflow'> | DamagedRun)[];
  readonly workspace: Pick<Workspace, 'files'> | undefined;
}

export function graphSource({ workflow, runId, detail, runs, workspace }: OpenState): GraphSource {
  // A run that is being opened is known by its line in the list: its workflow's graph is there already.
  const listed = runId === undefined ? undefined : runs.find(({ run }) => run === runId);
  const of = workflow ?? (listed && 'file' in listed ? listed : undefined);
  if (!of) return { key: '', file: undefined, graph: detail?.graph, problem: undefined };
  const file = workspace?.files.find(({ file }) => file === of.file);
  const graph = detail?.graph ?? file?.graphs.find(({ id }) => id === of.workflow);
  return { key: `${of.file}\n${of.workflow}`, file: of.file, graph, problem: file?.problem };
}
