import { batchName } from '../../model/batch-name.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import { Fragment, useMemo, useState } from 'react';
import type { Timeline } from '../../../host/api/api.ts';
import { clock, duration, number } from '../../../common/format.ts';
import { GLYPH } from '../../../common/status.ts';
import { timeScale, axisTicks, tickTexts, type TimeScale } from '../../model/time-scale.ts';
import { stepBars } from '../../model/step-bars.ts';
import { laneGroups } from '../../model/lane-groups.ts';
import { lanesByWorker } from '../../model/workers/lanes-by-worker.ts';
import { workerNames, type WorkerGroup } from '../../model/workers/worker-groups.ts';
import { useWorkers } from '../../stores/workers.ts';
import { inspect } from '../../stores/actions.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';

const LANE = 18;
/** With a strip for the steps below each bar. */
const LANE_WITH_STEPS = 25;
const BAR = 15;
const LABEL = 22;
/** Of the text, at most; beside a digit stand a sign and what is free. */
const DIGIT = 7;
const BESIDE = 26;

export function TimelineChart({
  timeline,
  width,
  groups,
  onSpan,
}: {
  timeline: Timeline;
  width: number;
  /** Whose lanes lie together; undefined: those of each node. */
  groups: readonly WorkerGroup[] | undefined;
  onSpan: (span: { from: number; to: number }) => void;
}) {
  const scale = timeScale(timeline, width);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const x = (event: React.PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  return (
    <div
      className="timeline-chart"
      onPointerDown={event => {
        if (event.button === 0) setDrag({ from: x(event), to: x(event) });
      }}
      onPointerMove={event => {
        if (drag) setDrag({ ...drag, to: x(event) });
      }}
      onPointerUp={() => {
        if (drag && Math.abs(drag.to - drag.from) > 6)
          onSpan({ from: scale.time(Math.min(drag.from, drag.to)), to: scale.time(Math.max(drag.from, drag.to)) });
        setDrag(undefined);
      }}
      onPointerLeave={() => setDrag(undefined)}
    >
      <Axis scale={scale} timeline={timeline} />
      {timeline.bars.length > 0 ? (
        <Bars timeline={timeline} scale={scale} workers={groups} />
      ) : (
        timeline.bands.map(band => <Band key={band.node} band={band} timeline={timeline} scale={scale} width={width} />)
      )}
      {timeline.gaps.map(([from, to]) => (
        <div
          key={from}
          className="timeline-gap"
          style={{ left: scale.x(from), width: Math.max(2, scale.x(to) - scale.x(from)) }}
          title={`Nothing ran for ${duration(to - from)}`}
        >{`⋯ ${duration(to - from)}`}</div>
      ))}
      <MomentLine timeline={timeline} scale={scale} />
      {drag && Math.abs(drag.to - drag.from) > 2 && (
        <div
          className="timeline-drag"
          style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
        />
      )}
    </div>
  );
}

/** Where the moment is that all other views show. */
function MomentLine({ timeline: { from, to }, scale }: { timeline: Timeline; scale: TimeScale }) {
  const at = useStudio(state => {
    const past = shownPast(state);
    return past && past.history.from + past.at;
  });
  if (at === undefined || at < from || at > to) return null;
  return <i className="timeline-moment" style={{ left: scale.x(at) }} aria-hidden />;
}

function Axis({ scale, timeline }: { scale: TimeScale; timeline: Timeline }) {
  const ticks = axisTicks(timeline, scale);
  const texts = tickTexts(ticks, timeline.from);
  const end = scale.x(timeline.to);
  return (
    <div className="timeline-axis numbers" aria-hidden>
      {ticks.map((at, index) => {
        const text = texts[index] ?? '';
        const x = scale.x(at);
        const isBefore = end - x < BESIDE + DIGIT * text.length;
        return (
          <span key={at} className={isBefore ? 'before' : undefined} style={{ left: x }} title={clock(at)}>
            {text}
          </span>
        );
      })}
    </div>
  );
}

/** A name may be cut short; what is left of a number would be another batch's. */
function leastWidth({ index, label }: Timeline['bars'][number]): number {
  return label === undefined && index !== undefined ? BESIDE + DIGIT * String(index).length : 30;
}

/** Bars with the group of lanes that each stands in. */
function laidOut(timeline: Timeline, workers: readonly WorkerGroup[] | undefined) {
  if (workers) return lanesByWorker(timeline.bars, workers);
  return {
    bars: timeline.bars.map(bar => ({ ...bar, key: String(bar.node) })),
    groups: laneGroups(timeline.bars).map(group => ({ ...group, key: String(group.node), group: undefined })),
    lanes: timeline.lanes,
  };
}

interface BarsProps {
  readonly timeline: Timeline;
  readonly scale: TimeScale;
  readonly workers: readonly WorkerGroup[] | undefined;
}

function Bars({ timeline, scale, workers }: BarsProps) {
  const graph = useStudio(state => state.detail?.graph);
  const maps = useStudio(state => state.model?.maps);
  const nameOf = workerNames(useWorkers());
  const { bars, groups, lanes: allLanes } = useMemo(() => laidOut(timeline, workers), [timeline, workers]);
  const lane = timeline.bars.some(({ steps }) => steps.length > 0) ? LANE_WITH_STEPS : LANE;
  const title = (path: string) => (graph ? titleLabel(graph, path) : path);
  const topOf = new Map(groups.map(({ key }, above) => [key, (above + 1) * LABEL]));
  return (
    <div className="timeline-lanes" style={{ height: allLanes * lane + groups.length * LABEL }}>
      {groups.map(({ key, path, group, firstLane, lanes }, above) => (
        <p key={key} className="timeline-label" style={{ top: firstLane * lane + above * LABEL }}>
          <b>{title(path)}</b>
          {group && <span> on {label(group.name, 60)}</span>}
          {lanes > 1 && <span className="muted numbers"> up to {number(lanes)} at a time</span>}
        </p>
      ))}
      {bars.map(bar => {
        const words =
          `${title(bar.path)}${bar.index === undefined ? '' : `, ${batchName(bar.index, bar.label)}`}, ` +
          `${bar.status}, ${duration(bar.to - bar.from)}${bar.attempt > 1 ? `, attempt ${bar.attempt}` : ''}` +
          (bar.worker === undefined ? '' : `, on ${label(nameOf(bar.worker), 80)}`);
        const left = scale.x(bar.from);
        return (
          <button
            key={`${bar.scope} ${bar.node} ${bar.attempt} ${bar.from}`}
            type="button"
            title={words}
            aria-label={words}
            tabIndex={-1}
            className={`timeline-item ${bar.status} ${bar.attempt > 1 ? 'again' : ''}`}
            style={{
              left,
              width: Math.max(2, scale.x(bar.to) - left - 1),
              top: bar.lane * lane + (topOf.get(bar.key) ?? 0),
              height: lane - 3,
            }}
            onClick={() =>
              inspect(
                bar.index !== undefined && maps?.has(bar.node)
                  ? { kind: 'batch', node: bar.node, index: bar.index }
                  : { kind: 'node', path: bar.path },
              )
            }
          >
            {scale.x(bar.to) - left > leastWidth(bar) && (
              <span>
                {GLYPH[bar.status]} {bar.label === undefined ? (bar.index ?? title(bar.path)) : label(bar.label, 60)}
              </span>
            )}
            {bar.steps.length > 0 && (
              <i className="timeline-steps" style={{ top: BAR }} aria-hidden>
                {stepBars(bar, scale).map(({ step, wait, ...place }) => (
                  <Fragment key={`${step.path} ${step.attempt}`}>
                    <i
                      className={`timeline-step ${step.status}`}
                      title={`${title(step.path)}, ${step.status}, ${duration(step.to - step.from)}${step.attempt > 1 ? `, attempt ${step.attempt}` : ''}`}
                      style={place}
                    />
                    {wait && (
                      <i
                        className="timeline-wait"
                        title={`${title(step.path)} waited ${duration((step.waitedTo ?? step.to) - step.to)} for attempt ${step.attempt + 1}`}
                        style={wait}
                      />
                    )}
                  </Fragment>
                ))}
              </i>
            )}
          </button>
        );
      })}
    </div>
  );
}

function Band({
  band,
  timeline,
  scale,
  width,
}: {
  band: Timeline['bands'][number];
  timeline: Timeline;
  scale: TimeScale;
  width: number;
}) {
  const graph = useStudio(state => state.detail?.graph);
  const peak = band.running.reduce((most, value) => Math.max(most, value), 1);
  const area = (values: Float32Array) => {
    const points = Array.from(
      values,
      (value, at) =>
        `${scale.x(timeline.from + ((timeline.to - timeline.from) * at) / values.length).toFixed(1)},` +
        (60 - (value / peak) * 56).toFixed(1),
    );
    return `0,60 ${points.join(' ')} ${width},60`;
  };
  const title = graph ? titleLabel(graph, band.path) : band.path;
  return (
    <figure className="timeline-band">
      <figcaption>
        {title} <small className="muted numbers">up to {Math.round(peak)} at a time</small>
      </figcaption>
      <svg width={width} height={60} role="img" aria-label={`How many batches of ${title} ran at a time`}>
        <polygon className="running" points={area(band.running)} />
        <polygon className="failed" points={area(band.failed)} />
      </svg>
    </figure>
  );
}
