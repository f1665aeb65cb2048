import { useRef } from 'react';
import { clock, duration, number, rateText } from '../../../common/format.ts';
import { unitOfRun } from '../../../common/graph-nodes.ts';
import type { Progress, RunTimes } from '../../../host/api/api.ts';
import { expectedEnd } from '../../model/expected-end.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { areaPath, linePath, scaleOf, smoothed, spaced } from '../../model/strip-shapes.ts';
import { useSize } from '../../hooks/use-size.ts';
import { stoppingAs, useStudio } from '../../stores/studio.ts';

const HEIGHT = 40;

/** Items and failures a second, and what ran, over the time that was worked on the run; and when it ends. */
export function TimeStrip({ times, progress }: { times: RunTimes; progress: Progress }) {
  const stopping = useStudio(stoppingAs);
  const isRunning = progress.status === 'running';
  const left = isRunning && stopping === undefined ? progress.left : undefined;
  return (
    <section className="time-strip" aria-label="Time">
      <Chart times={times} left={left} isRunning={isRunning} />
      <Figures times={times} progress={progress} left={left} />
    </section>
  );
}

function Chart({
  times: { strip },
  left,
  isRunning,
}: {
  times: RunTimes;
  left: readonly [number, number] | undefined;
  isRunning: boolean;
}) {
  const graph = useStudio(state => state.detail?.graph);
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const scale = scaleOf(strip, left);
  const done = smoothed(strip.done);
  const most = Math.max(...done, 1e-9) * 1.08;
  const mostRunning = Math.max(...strip.running, 1) * 1.15;
  const mostFailed = Math.max(...strip.failed);
  const share = (column: number) => `${(100 * column) / scale.columns}%`;
  const several = new Set(strip.changes.map(({ path }) => path)).size > 1;
  const marks = [
    ...strip.changes.map(({ column, before, concurrency, path, at }) => ({
      column,
      text: `${before === undefined ? '' : `${number(before)} → `}${number(concurrency)} at a time${several && graph ? `, ${titleLabel(graph, path)}` : ''}`,
      at,
    })),
    ...strip.resumed.map(({ column, at }) => ({ column, text: `went on ${clock(at)}`, at })),
  ].toSorted((a, b) => a.column - b.column);
  const shown = new Set(spaced(marks, scale.columns));
  const [from, to] = scale.end ?? [];
  return (
    <div className="strip-chart" ref={frame}>
      <svg viewBox={`0 0 ${scale.columns} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        {from !== undefined && to !== undefined && (
          <rect
            className="strip-expected"
            x={from}
            y={0}
            width={Math.max(to - from, scale.columns / 300)}
            height={HEIGHT}
          />
        )}
        <path className="strip-done" d={areaPath(done, most, HEIGHT)} />
        <path className="strip-running" d={linePath(strip.running, mostRunning, HEIGHT)} />
        {strip.failed.map(
          (rate, column) =>
            rate > 0 && (
              <rect
                key={column}
                className="strip-failed"
                x={column}
                width={Math.max(1, (4 * scale.columns) / Math.max(width, 200))}
                y={HEIGHT - barHeight(rate, mostFailed)}
                height={barHeight(rate, mostFailed)}
              />
            ),
        )}
        {marks.map(({ column, at }) => (
          <line key={at} className="strip-mark" x1={column} x2={column} y1={0} y2={HEIGHT} />
        ))}
        {scale.now !== undefined && isRunning && (
          <line className="strip-now" x1={scale.now} x2={scale.now} y1={0} y2={HEIGHT} />
        )}
      </svg>
      <ul className="strip-marks">
        {marks.map(mark => (
          <li
            key={mark.at}
            className={shown.has(mark) ? (mark.column > scale.columns * 0.7 ? 'before' : '') : 'visually-hidden'}
            style={{ left: share(mark.column) }}
            title={`${mark.text}, ${clock(mark.at)}`}
          >
            {mark.text}
          </li>
        ))}
      </ul>
      <p className="strip-axis numbers">
        <span>{clock(strip.from)}</span>
        {isRunning && scale.now !== undefined && scale.now / scale.columns < 0.9 && (
          <span className="strip-now-text" style={{ left: share(scale.now) }}>
            now
          </span>
        )}
        {!isRunning && <span>{clock(strip.to)}</span>}
      </p>
    </div>
  );
}

/** One failure is seen as well as many. */
function barHeight(rate: number, most: number): number {
  return 7 + (rate / (most || 1)) * (HEIGHT * 0.4);
}

function Figures({
  times,
  progress,
  left,
}: {
  times: RunTimes;
  progress: Progress;
  left: readonly [number, number] | undefined;
}) {
  const graph = useStudio(state => state.detail?.graph);
  const unit = graph ? unitOfRun(graph, progress.nodes)[1] : 'items';
  const isRunning = progress.status === 'running';
  const seconds = Math.max(progress.activeMs, 1) / 1000;
  const doneRate = isRunning ? progress.rate : progress.items.succeeded / seconds;
  const failedRate = isRunning ? times.failuresPerSecond : progress.batches.failed / seconds;
  const most = Math.max(0, ...times.strip.running);
  const end = left && expectedEnd(left, Date.now());
  return (
    <dl className="strip-figures numbers" title={sampleTitle(times.stride)}>
      <dt>
        <i className="key-done" aria-hidden />
        {capital(unit)}/s
      </dt>
      <dd>{rateText(doneRate)}</dd>
      <dt>
        <i className="key-failed" aria-hidden />
        Failures/s
      </dt>
      <dd className={failedRate > 0 ? 'tone-failed' : ''}>{rateText(failedRate)}</dd>
      <dt>
        <i className="key-running" aria-hidden />
        {isRunning ? 'Running' : 'Running at most'}
      </dt>
      <dd>{isRunning ? number(progress.batches.running) : number(Math.ceil(most - 0.05))}</dd>
      {isRunning ? (
        <>
          <dt>Ends</dt>
          <dd>
            {end ? (
              <>
                {end.about}
                {end.range && <small>, {end.range}</small>}
              </>
            ) : (
              'not known yet'
            )}
          </dd>
        </>
      ) : (
        <>
          <dt>{progress.status === 'paused' || progress.status === 'interrupted' ? 'Stopped' : 'Ended'}</dt>
          <dd>
            {clock(times.strip.to)} <small>after {duration(progress.activeMs)}</small>
          </dd>
        </>
      )}
    </dl>
  );
}

/** What of it is an estimate. */
function sampleTitle(stride: number): string | undefined {
  return stride > 1 ? `The chart is an estimate, from 1 in ${number(stride)} batches.` : undefined;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
