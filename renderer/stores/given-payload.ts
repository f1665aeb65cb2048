import type { WorkflowRef } from '../../host/api/api.ts';
import { api } from './host.ts';
import type { StudioState } from './studio.ts';

/** What a run was started with, as JSON. */
export interface GivenPayload {
  readonly run: number;
  readonly json: string;
}

/** The run whose payload a new run of a workflow begins with: the one that is open, or the latest. */
export function runToRepeat(
  { runId, detail, runs }: Pick<StudioState, 'runId' | 'detail' | 'runs'>,
  { file, workflow }: WorkflowRef,
): number | undefined {
  if (runId !== undefined && detail?.item.file === file && detail.item.workflow === workflow) return runId;
  return runs.find(run => run.status !== 'damaged' && run.file === file && run.workflow === workflow)?.run;
}

/** Undefined where there was none, where JSON cannot say it, or where it is too long for a form. @throws what the host says */
export async function givenPayload(run: number): Promise<GivenPayload | undefined> {
  const given = await api().getGivenPayload({ run });
  return given === null || given.json === '{}' ? undefined : { run, json: given.json };
}
