import type { RerunReport, RerunRequest } from '../engine/run/rerun/request.ts';
import { planRerun } from '../engine/run/rerun/rerun.ts';
import type { StoreDatabase } from '../engine/store/open.ts';
import { workflowNow, type LoadedNow, type NotLoadedNow, type RunAt } from './workflow-now.ts';

export type PlannedRerun = (Omit<LoadedNow, 'now'> & { readonly report: RerunReport }) | NotLoadedNow;

/** What a re-run would touch, with the workflow as its file is now. @throws RunStateError, RerunError, ChangedNodesError */
export async function plannedRerun(db: StoreDatabase, at: RunAt, request: RerunRequest): Promise<PlannedRerun> {
  const code = await workflowNow(db, at);
  if (!code.ok) return code;
  const { before, now, codeChanged, files } = code;
  return { ok: true, report: planRerun(db, at.run, request, { before, now }), before, codeChanged, files };
}
