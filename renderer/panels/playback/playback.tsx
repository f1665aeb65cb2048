import { useEffect } from 'react';
import { duration } from '../../../common/format.ts';
import { usePageKeys } from '../../hooks/use-page-keys.ts';
import { SPEEDS, speedText } from '../../model/playback/pace.ts';
import { goToMarker, loadHistory, setSpeed, togglePlaying, usePlayback, type Played } from '../../stores/past.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Scrubber } from './scrubber.tsx';
import './playback.css';

/** Plays the run again: every screen shows it as it was at the moment of the scrubber. */
export function Playback() {
  const run = useStudio(state => (state.progress ? state.runId : undefined));
  const isRunning = useStudio(state => state.progress?.status === 'running');
  const hasBatches = useStudio(state => (state.model?.maps.size ?? 0) > 0);
  const played = usePlayback(state => (state.run === run ? state.played : undefined));
  const problem = usePlayback(state => (state.run === run ? state.problem : undefined));
  useEffect(() => {
    if (run !== undefined && !isRunning && hasBatches) void loadHistory();
  }, [run, isRunning, hasBatches]);
  if (isRunning) return <Empty>You can play the run back when it has ended or is paused.</Empty>;
  if (run === undefined || !hasBatches) return <Empty>Select a run with batches to play it back.</Empty>;
  if (problem !== undefined) return <Empty>{problem}</Empty>;
  return played ? <Player played={played} /> : <Empty>Loading…</Empty>;
}

function Player({ played }: { played: Played }) {
  const at = usePlayback(state => state.at) ?? played.to;
  const isPlaying = usePlayback(state => state.isPlaying);
  const speed = usePlayback(state => state.speed);
  usePageKeys(event => {
    const isOnControl =
      event.target instanceof HTMLElement && event.target.closest('button, input, textarea, select') !== null;
    const isScrubber = event.target instanceof HTMLElement && event.target.matches('.scrubber input');
    if (event.key !== ' ' || event.repeat || event.ctrlKey || (isOnControl && !isScrubber)) return;
    event.preventDefault();
    togglePlaying();
  });
  return (
    <section className="playback" aria-label="Playback">
      <Scrubber played={played} />
      <div className="playback-bar">
        <Button small shortcut="Space" onClick={togglePlaying}>
          {isPlaying ? 'Stop' : 'Play'}
        </Button>
        <Button small look="quiet" shortcut="," aria-label="Previous marker" onClick={() => goToMarker('previous')}>
          ‹
        </Button>
        <Button small look="quiet" shortcut="." aria-label="Next marker" onClick={() => goToMarker('next')}>
          ›
        </Button>
        <label className="muted">
          Speed{' '}
          <select
            value={String(speed)}
            title="Slower, <, and faster, >"
            onChange={event => setSpeed(SPEEDS.find(one => String(one) === event.target.value) ?? 'fit')}
          >
            {SPEEDS.map(one => (
              <option key={one} value={String(one)}>
                {speedText(one)}
              </option>
            ))}
          </select>
        </label>
        <span className="numbers playback-time">
          {duration(at)} <span className="muted">of {duration(played.to)}</span>
        </span>
        {played.idle.length > 0 && (
          <span className="muted playback-idle" title="At every speed it passes in less than a second.">
            <i aria-hidden /> Idle time is shortened.
          </span>
        )}
      </div>
    </section>
  );
}
