import type { EventOf } from '../../host/api/api.ts';
import { openDialog } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio, type DebugRequest } from './studio.ts';

/* The failed batch that is executed in a debugger. */

/** Executes a batch in a process that waits for a debugger. Where steps that are not `pure` would be executed, that is asked first. */
export async function debugBatch(request: DebugRequest, allow = false): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  try {
    const outcome = await api().debugBatch({ run, ...request, allow });
    if (!outcome.ok) notice(outcome.problem);
    else if (outcome.value.asks) openDialog({ kind: 'debug-batch', request });
  } catch (error) {
    notice(error);
  }
}

export function stopDebugging(): void {
  api().stopDebugging({}).catch(notice);
}

/** What has ended is not shown any more. */
export function closeDebugging(): void {
  studio.setState({ debugging: undefined });
}

export function onDebugging(debugging: EventOf<'onDebugging'>): void {
  studio.setState({ debugging });
}

/** What goes on when the page is opened; what has ended was shown to who was there. */
export function loadDebugging(): void {
  api()
    .getDebugging({})
    .then(({ debugging }) => studio.setState({ debugging: debugging?.state === 'ended' ? undefined : debugging }))
    .catch(notice);
}
