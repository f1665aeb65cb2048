import { reportProblems } from './actions.ts';
import { api } from './host.ts';

/** From now on, the triggers of this folder start runs while it is open here, or do not. */
export async function setTriggers(on: boolean): Promise<boolean> {
  return await reportProblems(async () => {
    const outcome = await api().setTriggers({ on });
    return outcome.ok ? undefined : outcome.problem;
  });
}
