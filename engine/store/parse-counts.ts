import { parseStored } from './parse-stored.ts';
import type { RunCounts } from '../../common/run-summary.ts';

/** The counts of a run as they were kept. @throws UnreadableError */
export function parseStoredCounts(json: string): RunCounts {
  return parseStored(
    json,
    'The counts of a run',
    ({ items, batches, nodes }: Partial<RunCounts>) =>
      areCounts(items) &&
      areCounts(batches) &&
      Array.isArray(nodes) &&
      nodes.every(node => typeof node?.path === 'string' && areCounts(node.items) && areCounts(node.batches)),
  );
}

function areCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { total, succeeded, failed, running, waiting, cancelled } = value as Record<string, unknown>;
  return (
    [total, succeeded, failed, running, waiting, cancelled].every(count => typeof count === 'number') &&
    // Counts that do not add up are damaged, and must not be shown as a success.
    total === Number(succeeded) + Number(failed) + Number(running) + Number(waiting) + Number(cancelled)
  );
}
