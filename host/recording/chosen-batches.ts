import { BatchStatus } from '../../common/status.ts';
import type { BatchColumns } from '../api/recording.ts';

/** So many batches can be in a file with all that is known of them, while there is room. */
const MOST_FAILED = 2_000;
const MOST_TRIED = 500;
const MOST_OTHERS = 500;
/** Of a run with no more batches than this, all of them. */
const ALL_OF = 3_000;

/** The scopes of the batches that people look into, the failed ones first. */
export function chosenBatches(nodes: readonly BatchColumns[]): number[] {
  const chosen = new Set<number>();
  const total = nodes.reduce((sum, { scopes }) => sum + scopes.length, 0);
  const add = (most: number, rowsOf: (columns: BatchColumns) => Iterable<number>) => {
    let left = most;
    for (const columns of nodes)
      for (const row of rowsOf(columns)) {
        if (left <= 0) return;
        const scope = columns.scopes[row];
        if (scope === undefined || chosen.has(scope)) continue;
        chosen.add(scope);
        left -= 1;
      }
  };
  add(MOST_FAILED, ({ statuses }) => rowsWith(statuses, status => status === BatchStatus.failed));
  add(total <= ALL_OF ? ALL_OF : MOST_TRIED, ({ tried }) => tried.rows);
  // Of each node some, evenly over all of them.
  const stride = total <= ALL_OF ? 1 : Math.ceil(total / MOST_OTHERS);
  add(total <= ALL_OF ? ALL_OF : MOST_OTHERS, ({ scopes }) => every(scopes.length, stride));
  return [...chosen];
}

function* rowsWith(statuses: Uint8Array, isMeant: (status: number) => boolean): Generator<number> {
  for (let row = 0; row < statuses.length; row++) if (isMeant(statuses[row] ?? 0)) yield row;
}

function* every(length: number, stride: number): Generator<number> {
  for (let row = 0; row < length; row += stride) yield row;
}
