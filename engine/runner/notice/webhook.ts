import type { FinishedRun } from '../../store/finished-run.ts';

/** Posts what a run came to, as JSON. @returns why it failed, if it did */
export async function postWebhook(url: string, finished: FinishedRun, withinMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'cronflow' },
      body: JSON.stringify(finished),
      // An address that sends elsewhere is a mistake of whoever wrote it: what is told is told to nobody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(withinMs),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered with ${response.status}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'TimeoutError') return `it took longer than ${withinMs / 1000} s to answer`;
    // fetch says "fetch failed", and why in its cause.
    return error.cause instanceof Error ? error.cause.message : error.message;
  }
}
