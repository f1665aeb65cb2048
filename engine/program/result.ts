import type { RunSummary } from '../../common/run-summary.ts';
import type { RunEvent, RunResult } from './types.ts';

/** What a program is given of a summary. */
export function resultOf(summary: RunSummary): RunResult {
  const { run, workflow, key, status, reason, output, state, error, items, batches, nodes, durationMs } = summary;
  return {
    ...{ run, workflow, status, output, state, items, batches, nodes, durationMs },
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { reason }),
    ...(error && { error: { name: error.name, message: error.message, stack: error.stack } }),
  };
}

export function startedEvent(run: number, workflow: string, existing: boolean | undefined): RunEvent {
  return { type: 'started', run, workflow, ...(existing === true && { existing }) };
}
