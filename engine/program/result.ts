import type { RunSummary } from '../../common/run-summary.ts';
import type { RunResult } from './types.ts';

/** What a program is given of a summary. */
export function resultOf(summary: RunSummary): RunResult {
  const { run, workflow, status, reason, output, state, error, items, batches, nodes, durationMs } = summary;
  return {
    ...{ run, workflow, status, output, state, items, batches, nodes, durationMs },
    ...(reason !== undefined && { reason }),
    ...(error && { error: { name: error.name, message: error.message, stack: error.stack } }),
  };
}
