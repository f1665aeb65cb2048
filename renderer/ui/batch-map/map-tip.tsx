import { number } from '../../../common/format.ts';
import { BatchStatus, batchStatusName, statusWord } from '../../../common/status.ts';
import type { Tile } from '../../model/map-layout.ts';
import { failuresOfTile } from '../../model/tile-batch.ts';

interface Props {
  readonly tile: Tile;
  /** The batch of the tile that a click opens. */
  readonly index: number;
  readonly statuses: Uint8Array;
  readonly failedInside: ((index: number) => boolean) | undefined;
  readonly left: number;
  readonly top: number;
}

/** What stands under the pointer, and what a click opens. */
export function MapTip({ tile, index, statuses, failedInside, left, top }: Props) {
  const status = statuses[index] ?? 0;
  const inside = status !== BatchStatus.failed && failedInside?.(index) ? ', failed inside' : '';
  const failures = tile.count > 1 ? failuresOfTile(tile, { statuses, failedInside }) : 0;
  return (
    <div className="map-tip" style={{ left, top }}>
      Batch {number(index)}, {statusWord(batchStatusName(status))}
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
