import { UnreadableError } from '../store/codec.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Counts, NodeProgress } from '../../common/counts.ts';

/**
 * Every item and every batch is in exactly one place. A run in which that is not so has lost some or counted some twice, by a store
 * that is damaged or by a defect of ours: it must not end well. @throws UnreadableError
 */
export function checkConservation(nodes: Iterable<NodeProgress>): void {
  for (const { path, batches, items } of nodes) {
    for (const [what, counts] of [
      ['batches', batches],
      ['items', items],
    ] as const) {
      if (!comesOut(counts))
        throw new UnreadableError(`The ${what} of ${describeValue(path)} do not come out: ${inFigures(counts)}`);
    }
  }
}

function comesOut({ total, ...places }: Counts): boolean {
  return (
    Object.values(places).every(count => count >= 0) &&
    total === Object.values(places).reduce((sum, count) => sum + count, 0)
  );
}

function inFigures({ total, ...places }: Counts): string {
  return `${total} = ${Object.entries(places)
    .filter(([, count]) => count !== 0)
    .map(([place, count]) => `${count} ${place}`)
    .join(' + ')}`;
}
