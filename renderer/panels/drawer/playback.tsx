import { useEffect, useMemo, useRef, useState } from 'react';
import { mapColours } from '../../ui/batch-map/map-colours.ts';
import { useSize } from '../../hooks/use-size.ts';
import { usePageKeys } from '../../hooks/use-page-keys.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { layoutMap } from '../../model/map-layout.ts';
import { paintMap } from '../../model/map-paint.ts';
import { endOf, playbackScale, statusesAt, type BatchTimes } from '../../model/playback.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { duration } from '../../../common/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';

/** However long a run took, its playback takes this long. */
const PLAYBACK_MS = 12_000;
const STEPS = 1_000;

/** How the run went, from its first batch to its last, on the map. */
export function Playback() {
  const run = useStudio(state => state.runId);
  const model = useStudio(state => state.model);
  const status = useStudio(state => state.progress?.status);
  const inspected = useStudio(state => (state.inspected.kind === 'batch' ? state.inspected.node : undefined));
  const map = model && ((inspected !== undefined && model.maps.get(inspected)) || model.maps.values().next().value);
  const ready = run !== undefined && map && status !== 'running';
  const loaded = useLoad(ready ? () => timesOf(run, map.node) : undefined, [run, map?.node], status);
  if (!ready)
    return (
      <Empty>
        {status === 'running'
          ? 'You can play the run back when it has ended.'
          : 'Select a run with batches to play it back.'}
      </Empty>
    );
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  // Those of the run that was open before may still be here.
  if (loaded.state === 'loading' || loaded.value.run !== run || loaded.value.node !== map.node)
    return <Empty>Loading…</Empty>;
  return <Player key={`${run} ${map.node}`} map={map} times={loaded.value.times} />;
}

async function timesOf(run: number, node: number): Promise<{ run: number; node: number; times: BatchTimes }> {
  const times = await api().getOverlay({ run, node, by: 'times' });
  if (times.by !== 'times') throw new Error(`Cronflow answered with the batches by ${times.by}.`);
  return { run, node, times };
}

function Player({ map, times }: { map: BatchMap; times: BatchTimes }) {
  const end = useMemo(() => endOf(times), [times]);
  const scale = useMemo(() => playbackScale(times, STEPS), [times]);
  const [place, setPlace] = useState(STEPS);
  const at = place >= STEPS ? end : scale.time(place);
  const [playing, setPlaying] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);

  useEffect(() => {
    if (!playing) return undefined;
    let last = performance.now();
    let asked = requestAnimationFrame(function step(now) {
      const passed = ((now - last) / PLAYBACK_MS) * STEPS;
      setPlace(before => Math.min(STEPS, before + passed));
      last = now;
      asked = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(asked);
  }, [playing]);
  useEffect(() => {
    if (place >= STEPS) setPlaying(false);
  }, [place]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || size.width === 0 || size.height === 0) return;
    const layout = layoutMap({ from: 0, count: map.length }, size.width, size.height);
    paintMap(context, size.width, size.height, {
      layout,
      statuses: statusesAt(map, times, at),
      colours: mapColours(),
      outlineColour: '',
    });
  }, [map, times, at, size]);

  const toggle = () => {
    if (!playing && place >= STEPS) setPlace(0);
    setPlaying(!playing);
  };
  usePageKeys(event => {
    if (
      event.key !== ' ' ||
      event.repeat ||
      (event.target instanceof HTMLElement && event.target.closest('button, input, textarea, select'))
    )
      return;
    event.preventDefault();
    toggle();
  });
  return (
    <section className="playback" aria-label="Playback" data-fills>
      <div ref={frame} className="map-frame map-ground">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Batches at ${duration(at)}`}
          width={size.width}
          height={size.height}
        />
      </div>
      <div className="playback-bar">
        <Button small shortcut="Space" onClick={toggle}>
          {playing ? 'Pause' : 'Play'}
        </Button>
        <input
          type="range"
          min={0}
          max={STEPS}
          step={1}
          value={place}
          aria-label="Time in the run"
          aria-valuetext={duration(at)}
          onChange={event => {
            setPlaying(false);
            setPlace(Number(event.target.value));
          }}
        />
        <span className="numbers muted">
          {duration(at)} of {duration(end)}
        </span>
        <span className="muted">Idle time is shortened.</span>
      </div>
    </section>
  );
}
