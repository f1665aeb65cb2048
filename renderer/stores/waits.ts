import type { Problem } from '../../host/api/api.ts';
import { problemOf } from './actions.ts';
import { api } from './host.ts';

/** Answers what a run waits for, and goes on with it. Resolves with why that cannot be done. */
export async function answerWait(
  run: number,
  answer: { readonly token: string; readonly approved: boolean; readonly reason?: string },
): Promise<Problem | undefined> {
  return await problemOf(async () => {
    const outcome = await api().answerWait({ run, ...answer });
    return outcome.ok ? undefined : outcome.problem;
  });
}
