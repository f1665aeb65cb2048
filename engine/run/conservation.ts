import { UnreadableError } from '../store/codec.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Counts, NodeProgress } from '../../common/counts.ts';

/**
 * Every item and every batch has exactly one status. Otherwise the run has lost some or counted some twice, because the store
 * is damaged or the engine has a defect: such a run must not complete. @throws UnreadableError
 */
export function checkConservation(nodes: Iterable<NodeProgress>): void {
  for (const { path, batches, items } of nodes) {
    for (const [what, counts] of [
      ['batches', batches],
      ['items', items],
    ] as const) {
      if (!addsUp(counts))
        throw new UnreadableError(`The ${what} of ${describeValue(path)} do not add up: ${asSum(counts)}`);
    }
  }
}

/** Reading so many rows takes some milliseconds: where there are no more, they are always read. */
const FEW = 50_000;
/** Of more, at most so many for each batch that this process has executed. */
const MOST_READ = 20;

/**
 * Whether the rows of batches are read and counted once more at the end, and not only what was counted while they were written.
 * After a re-run of a few batches, to read all of a million would take longer than the re-run.
 */
export function isToRecount(batches: number, executed: number): boolean {
  return batches <= FEW || batches <= executed * MOST_READ;
}

function addsUp({ total, ...byStatus }: Counts): boolean {
  return (
    Object.values(byStatus).every(count => count >= 0) &&
    total === Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  );
}

function asSum({ total, ...byStatus }: Counts): string {
  return `${total} = ${Object.entries(byStatus)
    .filter(([, count]) => count !== 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(' + ')}`;
}
