import { useMemo } from 'react';
import { clock, duration } from '../../../common/format.ts';
import type { Marker } from '../../model/playback/markers.ts';
import { playbackScale } from '../../model/playback/idle-times.ts';
import { jumpTo, setMoment, usePlayback, type Played } from '../../stores/past.ts';
import { GLYPH } from '../../../common/status.ts';

const STEPS = 1_000;

/** What a marker looks like without its colour. */
const SIGNS: Readonly<Record<Marker['kind'], string>> = {
  start: '|',
  failure: GLYPH.failed,
  rerun: GLYPH.superseded,
  resume: GLYPH.running,
  stop: GLYPH.paused,
  end: '|',
};

/** The time of the run from left to right, with its markers and its idle time. */
export function Scrubber({ played }: { played: Played }) {
  const { to, idle, markers, history } = played;
  const scale = useMemo(() => playbackScale({ to }, idle, STEPS), [to, idle]);
  const at = usePlayback(state => state.at);
  const x = (time: number) => Math.max(0, Math.min(STEPS, scale.x(time)));
  const place = at === undefined ? STEPS : x(at);
  const title = ({ text, at: time }: Marker) => `${text}, at ${duration(time)} (${clock(history.from + time)})`;
  return (
    <div className="scrubber">
      <div className="scrubber-marks">
        {markers.map(marker => (
          <button
            key={`${marker.kind} ${marker.at}`}
            type="button"
            tabIndex={-1}
            className={`scrubber-mark ${marker.kind}`}
            style={{ left: percents(x(marker.at)) }}
            title={title(marker)}
            aria-label={title(marker)}
            onClick={() => jumpTo(marker.at)}
          >
            <span aria-hidden>{SIGNS[marker.kind]}</span>
          </button>
        ))}
      </div>
      <div className="scrubber-track">
        <i className="scrubber-line" style={{ right: `${100 - place / (STEPS / 100)}%` }} />
        {idle.map(([from, until]) => (
          <i
            key={from}
            className="scrubber-idle"
            style={{ left: percents(x(from)), right: `${100 - x(until) / (STEPS / 100)}%` }}
          />
        ))}
      </div>
      <input
        type="range"
        min={0}
        max={STEPS}
        step={1}
        value={place}
        aria-label="Time in the run"
        aria-valuetext={valueText(at ?? to, played)}
        title={idleText(at, idle)}
        onChange={event => {
          const value = Number(event.target.value);
          setMoment(value >= STEPS ? to : scale.time(value));
        }}
      />
    </div>
  );
}

function percents(place: number): string {
  return `${place / (STEPS / 100)}%`;
}

function valueText(at: number, { idle, markers }: Played): string {
  const marker = markers.find(other => Math.floor(other.at) === Math.floor(at));
  return [duration(at), marker?.text, idleText(at, idle)].filter(text => text !== undefined).join(', ');
}

/** That nothing ran at a moment. */
function idleText(at: number | undefined, idle: Played['idle']): string | undefined {
  const found = at === undefined ? undefined : idle.find(([from, until]) => at >= from && at < until);
  return found && `nothing ran for ${duration(found[1] - found[0])}, shown shortened`;
}
