import { api } from './host.ts';
import { notice } from './notice.ts';

/** Cancels one batch, while its run goes on. Says what is in the way. */
export async function cancelBatch(run: number, scope: number): Promise<void> {
  try {
    const answer = await api().cancelBatch({ run, scope });
    if (!answer.ok) notice(answer.problem);
  } catch (error) {
    notice(error);
  }
}
