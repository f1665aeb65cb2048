import { number } from '../../../common/format.ts';
import { Button } from '../button.tsx';
import type { Window } from '../../model/map-layout.ts';

/** In CSS pixels, as the style sheet has it: what the map gives up for it. */
export const ZOOM_BAR_HEIGHT = 30;

interface Props {
  /** Undefined: all are seen. */
  readonly window: Window | undefined;
  readonly total: number;
  /** Whether there are marks beside the rows. */
  readonly hasMarks: boolean;
  readonly onZoom: (factor: number) => void;
  readonly onAll: () => void;
}

/** Which part of the map is seen, and what the hand can do with it. */
export function ZoomBar({ window, total, hasMarks, onZoom, onAll }: Props) {
  return (
    <div className="map-zoom">
      <span className="numbers map-position" role={window && 'status'}>
        {window ? (
          <>
            <b>
              {number(window.from)} to {number(window.from + window.count - 1)}
            </b>{' '}
            of {number(total)}
          </>
        ) : (
          <b>All {number(total)}</b>
        )}
      </span>
      <span className="map-hints" aria-hidden>
        {hasMarks && 'marks: failures in the row · '}drag to select · scroll to zoom{window && ' · space-drag to pan'}
      </span>
      <Button small aria-label="Zoom in on the map" title="Zoom in (scroll)" onClick={() => onZoom(1 / 1.4)}>
        +
      </Button>
      <Button
        small
        aria-label="Zoom out of the map"
        title="Zoom out (scroll)"
        disabled={!window}
        onClick={() => onZoom(1.4)}
      >
        −
      </Button>
      <Button small disabled={!window} onClick={onAll}>
        Show all
      </Button>
    </div>
  );
}
