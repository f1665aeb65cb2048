import type { Graph } from '../common/graph.ts';
import { hasCodeChanged } from '../engine/load/code-changes.ts';
import { chooseWorkflow } from '../engine/runner/choose-workflow.ts';
import { inspectFile } from '../engine/runner/inspect-file.ts';
import { whereIsFile } from '../engine/runner/moved-file.ts';
import type { Problem } from '../engine/runner/protocol.ts';
import { ownerOf } from '../engine/store/leases.ts';
import type { StoreDatabase } from '../engine/store/open.ts';
import { parseStoredGraph } from '../engine/store/parse-stored.ts';
import { latestSources } from '../engine/store/queries.ts';
import { RunStateError } from '../engine/store/run-state-error.ts';
import { requireRun } from '../engine/store/runs.ts';

export interface RunAt {
  readonly store: string;
  readonly run: number;
  /** Where the workflow file is now, if it was moved. */
  readonly file: string | undefined;
}

/** A workflow as it was, and as its file is now. */
export interface LoadedNow {
  readonly ok: true;
  readonly before: Graph;
  readonly now: Graph;
  readonly codeChanged: boolean;
  /** The workflow file, and what it imports, as it is now. */
  readonly files: readonly string[];
}

/** The file cannot be loaded as it is now. */
export interface NotLoadedNow {
  readonly ok: false;
  readonly problem: Problem;
}

export type WorkflowNow = LoadedNow | NotLoadedNow;

/** The workflow of a run that nobody works on, as it was and as its file is now: what a plan is made of. @throws RunStateError */
export async function workflowNow(db: StoreDatabase, { store, run, file }: RunAt): Promise<WorkflowNow> {
  const row = requireRun(db, run);
  const owner = ownerOf(db, run);
  if (owner)
    throw new RunStateError(
      `Run ${run} is running in process ${owner.pid}. Wait for it, or stop it with: cronflow cancel ${run}`,
    );
  const place = file ?? whereIsFile(row, store);
  const inspected = await inspectFile(place).done;
  if (!inspected.ok) return { ok: false, problem: inspected.problem };
  return {
    ok: true,
    before: parseStoredGraph(row.graph),
    now: chooseWorkflow({ file: place, workflows: inspected.graphs }, row.workflow),
    codeChanged: await hasCodeChanged(latestSources(db, run)),
    files: inspected.files,
  };
}
