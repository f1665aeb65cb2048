import './timeline.css';
import { useRef, useState } from 'react';
import type { Timeline } from '../../../host/api/api.ts';
import { useSize } from '../../hooks/use-size.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { useWorkerGroups } from '../../stores/workers.ts';
import { TimelineChart } from './timeline-chart.tsx';

const REFRESH_STEPS = 4;
const MOST_BY_WORKER = 16;
const LANES = [
  { id: 'node', title: 'By step' },
  { id: 'worker', title: 'By worker' },
] as const;

/** What ran when, in lanes of concurrency: bars while they can be told apart, else how much ran at a time. */
export function TimelineView() {
  const run = useStudio(state => state.runId);
  // While the run goes on, renewed about every second, not at each change.
  const version = useStudio(
    state => `${state.progress?.status} ${Math.floor(((state.progress?.activeMs ?? 0) / 1000) * (REFRESH_STEPS / 4))}`,
  );
  const [span, setSpan] = useState<{ from: number; to: number }>();
  const groups = useWorkerGroups();
  const [asked, setAsked] = useState<boolean>();
  // Of very many each with a lane of its own, one would see few at a time.
  const isByWorker = groups.length > 0 && (asked ?? (groups.length > 1 && groups.length <= MOST_BY_WORKER));
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const columns = Math.max(10, Math.min(4000, width));
  const loaded = useLoad(
    run === undefined || width === 0 ? undefined : () => api().getTimeline({ run, ...span, columns }),
    [run, span, columns],
    version,
  );
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="timeline-bar">
        {span && (
          <Button small onClick={() => setSpan(undefined)}>
            Show all
          </Button>
        )}
        {groups.length > 0 && loaded.state === 'loaded' && loaded.value.bars.length > 0 && (
          <Segmented
            label="Lanes"
            choices={LANES}
            chosen={isByWorker ? 'worker' : 'node'}
            onChoose={id => setAsked(id === 'worker')}
          />
        )}
        <span className="muted">
          {loaded.state === 'loaded' ? zoomText(loaded.value) : 'Drag over a part to zoom in.'} Idle time is shortened.
        </span>
      </div>
      <div ref={frame} className="timeline-frame">
        {run === undefined && <Empty>Select a run to see when its batches ran.</Empty>}
        {loaded.state === 'failed' && <Empty>{loaded.message}</Empty>}
        {loaded.state === 'loaded' &&
          width > 0 &&
          (loaded.value.bars.length > 0 || loaded.value.bands.length > 0 ? (
            <TimelineChart
              timeline={loaded.value}
              width={width}
              groups={isByWorker ? groups : undefined}
              onSpan={setSpan}
            />
          ) : (
            <Empty>No step has run yet.</Empty>
          ))}
      </div>
    </section>
  );
}

/** What a closer look would show. */
function zoomText({ bars, bands }: Timeline): string {
  if (bars.length === 0 && bands.length > 0) return 'Drag over a part to zoom in: there are too many batches for bars.';
  const hasSteps = bars.some(({ steps }) => steps.length > 0);
  const hasBatches = bars.some(({ index }) => index !== undefined);
  return hasBatches && !hasSteps
    ? 'Drag over a part to zoom in, and see the steps of batches.'
    : 'Drag over a part to zoom in.';
}
