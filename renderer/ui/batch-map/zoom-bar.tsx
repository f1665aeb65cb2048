import { number } from '../../../common/format.ts';
import { Button } from '../button.tsx';
import type { Window } from '../../model/map-layout.ts';

/** In CSS pixels, as the style sheet has it: what the map gives up while it is zoomed. */
export const ZOOM_BAR_HEIGHT = 30;

interface Props {
  readonly window: Window;
  readonly total: number;
  readonly onPan: (from: number) => void;
  readonly onAll: () => void;
}

/** Which part of the map is seen, and the way to the others. */
export function ZoomBar({ window: { from, count }, total, onPan, onAll }: Props) {
  const text = `Batches ${number(from)} to ${number(from + count - 1)} of ${number(total)}`;
  return (
    <div className="map-zoom">
      <span className="numbers">{text}</span>
      <input
        type="range"
        min={0}
        max={Math.max(0, total - count)}
        value={from}
        aria-label="Part of the map"
        aria-valuetext={text}
        onChange={event => onPan(Number(event.target.value))}
        onKeyDown={event => {
          // A batch a key press leads nowhere among a million.
          const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 4, PageUp: -4 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          onPan(Math.max(0, from + by * Math.max(1, Math.round(count / 4))));
        }}
      />
      <Button small onClick={onAll}>
        Show all {number(total)}
      </Button>
    </div>
  );
}
