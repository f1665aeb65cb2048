import { number } from '../../../common/format.ts';
import { BatchStatus, batchStatusName, statusWord } from '../../../common/status.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { titledBatch } from '../../model/batch-name.ts';
import { useBatchLabel } from '../../stores/batch-labels.ts';
import type { Tile } from '../../model/map-layout.ts';
import { failuresOfTile } from '../../model/tile-batch.ts';

interface Props {
  readonly node: number;
  readonly tile: Tile;
  /** The batch of the tile that a click opens. */
  readonly index: number;
  readonly statuses: Uint8Array;
  readonly failedInside: ((index: number) => boolean) | undefined;
  readonly left: number;
  readonly top: number;
}

const SETTLED_MS = 120;

/** What stands under the pointer, and what a click opens. */
export function MapTip({ node, tile, index, statuses, failedInside, left, top }: Props) {
  // Not of each batch that the pointer passes.
  const settled = useSettled(index, SETTLED_MS);
  const name = useBatchLabel(node, settled === index ? index : undefined);
  const status = statuses[index] ?? 0;
  const inside = status !== BatchStatus.failed && failedInside?.(index) ? ', failed inside' : '';
  const failures = tile.count > 1 ? failuresOfTile(tile, { statuses, failedInside }) : 0;
  return (
    <div className="map-tip" style={{ left, top }}>
      {titledBatch(index, name)}, {statusWord(batchStatusName(status))}
      {inside}
      {tile.count > 1 && (
        <small>
          {' '}
          and {number(tile.count - 1)} more{failures > 0 && `, ${number(failures)} failed in all`}
        </small>
      )}
    </div>
  );
}
