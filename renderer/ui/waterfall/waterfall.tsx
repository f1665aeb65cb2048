import './waterfall.css';
import { useRef } from 'react';
import type { AttemptRow, BatchDetail } from '../../../host/api/api.ts';
import { clock, number } from '../../../common/format.ts';
import { findNode } from '../../../common/graph-nodes.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useSize } from '../../hooks/use-size.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import { axisTicks, tickTexts, timeScale, type TimeScale } from '../../model/time-scale.ts';
import { waterfall, type Span, type Waterfall as Drawn, type WaterfallLine } from '../../model/waterfall.ts';
import { mostAttempts } from '../../model/why-waiting.ts';
import { groupNameOf } from '../../model/workers/worker-groups.ts';
import { useWorkers } from '../../stores/workers.ts';
import { useStudio } from '../../stores/studio.ts';

/** Beside the chart: names of steps, and numbers of attempts. In a narrow place names have a line of their own. */
const NAMES = 200;
const NUMBERS = 34;
const WIDE = 560;
/** About as wide as a character is. */
const CHARACTER = 6.4;
const GAP = 8;
const PLANNED = 26;

interface Props {
  readonly attempts: readonly AttemptRow[];
  /** Of a batch: its own attempts that are over. */
  readonly earlier?: BatchDetail['earlierAttempts'];
  /** Path of the batch node, or of the step itself. */
  readonly path: string;
}

/** What was executed when, attempt by attempt, what was waited for and what follows. */
export function Waterfall({ attempts, earlier = [], path }: Props) {
  const graph = useStudio(state => state.detail?.graph);
  const isLive = useStudio(state => state.progress?.status === 'running');
  const workers = useWorkers();
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const goesOn = isLive && hasOpenEnd(attempts, earlier);
  const now = useNow(goesOn);
  const drawn = waterfall({
    attempts,
    earlier,
    path,
    isLive,
    now,
    nameOf: worker => groupNameOf(workers, worker),
    mostOf: of => mostAttempts(graph && findNode(graph.nodes, of)?.settings),
  });
  if (!drawn) return <p className="muted">Nothing of it has been executed.</p>;
  const isWide = width >= WIDE;
  const chart = Math.max(60, width - NUMBERS - (isWide ? NAMES : 0));
  return (
    <div ref={frame} className={`waterfall ${isWide ? 'wide' : ''}`} role="list" aria-label="Attempts over time">
      {drawn.leftOut > 0 && (
        <p className="muted numbers">
          The latest {number(drawn.lines.length)} of {number(drawn.lines.length + drawn.leftOut)} step attempts.
        </p>
      )}
      {width > 0 && (
        <Lines
          drawn={drawn}
          scale={timeScale(drawn, chart - PLANNED)}
          chart={chart}
          isWide={isWide}
          now={goesOn ? now : undefined}
          title={of => (graph ? titleLabel(graph, of) : label(of, 200))}
        />
      )}
    </div>
  );
}

interface LinesProps {
  readonly drawn: Drawn;
  readonly scale: TimeScale;
  /** In pixels. */
  readonly chart: number;
  readonly isWide: boolean;
  readonly now: number | undefined;
  readonly title: (path: string) => string;
}

function Lines({ drawn, scale, chart, isWide, now, title }: LinesProps) {
  const start = chart === 0 ? 0 : NUMBERS + (isWide ? NAMES : 0);
  const ticks = axisTicks(drawn, scale);
  const texts = tickTexts(ticks, drawn.from);
  return (
    <>
      <div className="waterfall-axis numbers" aria-hidden>
        {isWide && <span className="waterfall-names">Step</span>}
        <span className="waterfall-ticks" style={{ left: start }}>
          {ticks.map((at, index) => (
            <i key={at} style={{ left: scale.x(at) }} title={clock(at)}>
              {texts[index]}
            </i>
          ))}
        </span>
      </div>
      {now !== undefined && (
        <span className="waterfall-now" style={{ left: start + scale.x(now) }} aria-hidden>
          <b>now</b>
        </span>
      )}
      {drawn.lines.map(line => (
        <Line key={line.key} line={line} scale={scale} chart={chart} isWide={isWide} title={title} />
      ))}
    </>
  );
}

type LineProps = Pick<LinesProps, 'scale' | 'chart' | 'isWide' | 'title'> & { readonly line: WaterfallLine };

function Line({ line, scale, chart, isWide, title }: LineProps) {
  const { path, attempt, isFirst, batchAttempt, status, bar, wait, text } = line;
  const name = title(path);
  const words = label(text, 2_000);
  return (
    <>
      {batchAttempt !== undefined && <h4 className="waterfall-batch label">Batch attempt {batchAttempt}</h4>}
      <div
        className={`waterfall-line ${status}`}
        role="listitem"
        aria-label={`${name}, attempt ${attempt}: ${words}`}
        title={words}
      >
        {(isWide || isFirst) && <span className="waterfall-name">{isFirst ? name : ''}</span>}
        <span className="waterfall-number numbers">{status === 'batch' ? '' : attempt}</span>
        <span className="waterfall-chart" style={{ width: chart }}>
          {bar && <i className={`waterfall-bar ${status}`} style={placeOf(bar, scale, leastOf(line))} />}
          {wait && <i className="waterfall-wait" style={placeOf(wait, scale, 2)} />}
          <Words line={line} scale={scale} chart={chart} words={words} isWide={isWide} />
        </span>
      </div>
    </>
  );
}

/** In pixels: what is planned has no duration, and what took no time is still seen. */
function leastOf({ status }: WaterfallLine): number {
  return status === 'planned' ? PLANNED - 4 : 3;
}

function placeOf({ from, to }: Span, scale: TimeScale, least: number): React.CSSProperties {
  const left = scale.x(from);
  return { left, width: Math.max(least, scale.x(to) - left) };
}

type WordsProps = Pick<LineProps, 'line' | 'scale' | 'chart' | 'isWide'> & { readonly words: string };

/** Right of what is drawn or left of it, wherever there is room; or over the wait, which is of one kind all along. */
function Words({ line, scale, chart, words, isWide }: WordsProps) {
  if (!isWide) return <span className="waterfall-words">{words}</span>;
  const spans = [line.bar, line.wait].filter(span => span !== undefined);
  const begins = scale.x(Math.min(...spans.map(({ from }) => from)));
  const ends = Math.max(...spans.map(({ to }) => scale.x(to)), line.bar ? scale.x(line.bar.from) + leastOf(line) : 0);
  const right = chart - ends - GAP;
  const needed = words.length * CHARACTER;
  if (line.wait && right < needed && begins - GAP < needed) {
    const left = Math.max(scale.x(line.wait.from), line.bar ? scale.x(line.bar.to) : 0) + 2 * GAP;
    if (scale.x(line.wait.to) - left > Math.max(right, begins))
      return (
        <span className="waterfall-words over" style={{ left, maxWidth: chart - left }}>
          {words}
        </span>
      );
  }
  const isRight = right >= needed || right >= begins - GAP;
  const place = isRight
    ? { left: ends + GAP, maxWidth: right }
    : { right: chart - begins + GAP, maxWidth: begins - GAP };
  return (
    <span className="waterfall-words" style={place}>
      {words}
    </span>
  );
}

function hasOpenEnd(attempts: readonly AttemptRow[], earlier: BatchDetail['earlierAttempts']): boolean {
  const last = attempts.at(-1);
  return (
    attempts.some(({ status }) => status === 'running') ||
    last?.waitsUntil !== undefined ||
    (earlier.at(-1)?.waitsUntil !== undefined && last?.batchAttempt === earlier.at(-1)?.attempt)
  );
}
