import { parseStored } from './parse-stored.ts';
import type { Counts } from '../../common/counts.ts';
import type { RunCounts } from '../../common/run-summary.ts';

/** Counts as an earlier version kept them: nothing could be set aside then. */
type StoredCounts = Omit<Counts, 'setAside'> & { readonly setAside?: number };

interface StoredRunCounts {
  readonly items: StoredCounts;
  readonly batches: StoredCounts;
  readonly nodes: readonly (Omit<RunCounts['nodes'][number], 'items' | 'batches'> & {
    readonly items: StoredCounts;
    readonly batches: StoredCounts;
  })[];
}

/** The counts of a run as they were kept. @throws UnreadableError */
export function parseStoredCounts(json: string): RunCounts {
  const { items, batches, nodes } = parseStored<StoredRunCounts>(
    json,
    'The counts of a run',
    counts =>
      areCounts(counts.items) &&
      areCounts(counts.batches) &&
      Array.isArray(counts.nodes) &&
      counts.nodes.every(node => typeof node?.path === 'string' && areCounts(node.items) && areCounts(node.batches)),
  );
  return {
    items: countsNow(items),
    batches: countsNow(batches),
    nodes: nodes.map(node => ({ ...node, items: countsNow(node.items), batches: countsNow(node.batches) })),
  };
}

function countsNow({ setAside = 0, ...counts }: StoredCounts): Counts {
  return { ...counts, setAside };
}

function areCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { total, succeeded, failed, setAside = 0, running, waiting, cancelled } = value as Record<string, unknown>;
  const parts = [succeeded, failed, setAside, running, waiting, cancelled];
  return (
    [total, ...parts].every(count => typeof count === 'number') &&
    // Counts that do not add up are damaged, and must not be shown as a success.
    total === parts.reduce((sum: number, count) => sum + Number(count), 0)
  );
}
