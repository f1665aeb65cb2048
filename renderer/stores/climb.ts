import type { Climb, Problem, RerunRequest } from '../../host/api/api.ts';
import { closeDialog, setPanel } from './actions.ts';
import { api } from './host.ts';
import { notice, toProblem } from './notice.ts';
import { openItem, studio, type StudioState } from './studio.ts';

/** A re-run that a person has asked to climb, before it begins. */
export interface AskedClimb {
  readonly run: number;
  readonly request: RerunRequest;
  readonly text: string;
}

/** Shows what it would do over the inspector, so that the map it speaks of stays in sight. */
export function askToClimb(request: RerunRequest, text: string): void {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  closeDialog();
  setPanel('inspector', true);
  studio.setState({ climbAsked: { run, request: { ...request, tryOne: false }, text } });
}

export function dropClimb(): void {
  studio.setState({ climbAsked: undefined });
}

/** Resolves with why it cannot begin. */
export async function beginClimb({ run, request }: AskedClimb): Promise<Problem | undefined> {
  try {
    const outcome = await api().climb({ run, request });
    if (!outcome.ok) return outcome.problem;
    studio.setState({ climbAsked: undefined, climbHidden: false });
    return undefined;
  } catch (error) {
    return toProblem(error);
  }
}

/** Lets the inspector be seen while a climb goes on: what it comes to stands over it again. */
export function hideClimb(): void {
  studio.setState({ climbHidden: true });
}

export function stopClimb(run: number): void {
  Promise.resolve(api().stopClimb({ run })).catch(notice);
}

export function dismissClimb(run: number): void {
  Promise.resolve(api().dismissClimb({ run })).catch(notice);
}

/** The climb of the open run, where it stands over the inspector. */
export function shownClimb(state: StudioState): Climb | undefined {
  const climb = openItem(state)?.climb;
  return climb?.state === 'climbing' && state.climbHidden ? undefined : climb;
}
