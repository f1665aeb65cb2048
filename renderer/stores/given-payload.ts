import type { WorkflowRef } from '../../host/api/api.ts';
import { api } from './host.ts';
import type { StudioState } from './studio.ts';

/** What a run was started with, as JSON. */
export interface GivenPayload {
  readonly run: number;
  readonly json: string;
}

/** How many runs of before are offered. */
const MOST_RUNS = 20;

/** The runs whose payload a new run of a workflow may begin with: the one that is open, and then the latest. */
export function runsToRepeat(
  { runId, detail, runs }: Pick<StudioState, 'runId' | 'detail' | 'runs'>,
  { file, workflow }: WorkflowRef,
): readonly number[] {
  const open = detail?.item.file === file && detail.item.workflow === workflow ? runId : undefined;
  const others = runs
    .filter(run => run.status !== 'damaged' && run.file === file && run.workflow === workflow && run.run !== open)
    .map(({ run }) => run);
  return [...(open === undefined ? [] : [open]), ...others].slice(0, MOST_RUNS);
}

/** Undefined where there was none, where JSON cannot say it, or where it is too long for a form. @throws what the host says */
export async function givenPayload(run: number): Promise<GivenPayload | undefined> {
  const given = await api().getGivenPayload({ run });
  return given === null || given.json === '{}' ? undefined : { run, json: given.json };
}
