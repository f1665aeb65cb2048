import type { Graph } from '../common/graph.ts';
import type { RerunReport, RerunRequest } from '../engine/run/rerun/request.ts';
import { planRerun } from '../engine/run/rerun/rerun.ts';
import type { Problem } from '../engine/runner/protocol.ts';
import type { StoreDatabase } from '../engine/store/open.ts';
import { workflowNow, type RunAt } from './workflow-now.ts';

export type PlannedRerun =
  | {
      readonly ok: true;
      readonly report: RerunReport;
      readonly before: Graph;
      readonly codeChanged: boolean;
      /** The workflow file, and what it imports, as it is now. */
      readonly files: readonly string[];
    }
  /** The file cannot be loaded as it is now. */
  | { readonly ok: false; readonly problem: Problem };

/** What a re-run would touch, with the workflow as its file is now. @throws RunStateError, RerunError, ChangedNodesError */
export async function plannedRerun(db: StoreDatabase, at: RunAt, request: RerunRequest): Promise<PlannedRerun> {
  const code = await workflowNow(db, at);
  if (!code.ok) return code;
  const { before, now, codeChanged, files } = code;
  return { ok: true, report: planRerun(db, at.run, request, { before, now }), before, codeChanged, files };
}
