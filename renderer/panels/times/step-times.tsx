import { batchName } from '../../model/batch-name.ts';
import { useRef, type KeyboardEvent } from 'react';
import { counted, duration, number } from '../../../common/format.ts';
import { isInside } from '../../../common/node-paths.ts';
import type { RunTimes } from '../../../host/api/api.ts';
import { batchAt } from '../../model/batch-at.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { inspect } from '../../stores/actions.ts';
import { selectThatTook, spanText, useTimes } from '../../stores/times.ts';
import { useStudio } from '../../stores/studio.ts';
import './times.css';

type StepTimes = RunTimes['steps'][number];

/** How long each step in a batch node takes, above its map. */
export function StepCards({ path }: { path: string }) {
  const times = useTimes();
  const steps = times?.steps.filter(step => isInside(step.path, path)) ?? [];
  if (!times || steps.length === 0) return null;
  return (
    // Around what scrolls: by itself that may be made as small as nothing.
    <div>
      <ul className="step-cards" aria-label="Times of the steps">
        {steps.map(step => (
          <li key={step.path}>
            <StepTimesCard step={step} stride={times.stride} hasTitle />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The same of one step. */
export function TimesOfStep({ path }: { path: string }) {
  const times = useTimes();
  const step = times?.steps.find(other => other.path === path);
  return times && step ? <StepTimesCard step={step} stride={times.stride} /> : null;
}

function StepTimesCard({ step, stride, hasTitle = false }: { step: StepTimes; stride: number; hasTitle?: boolean }) {
  const graph = useStudio(state => state.detail?.graph);
  const retries = useStudio(state => state.progress?.steps.find(({ path }) => path === step.path)?.retries ?? 0);
  if (!graph) return null;
  const title = titleLabel(graph, step.path);
  return (
    <div className="step-times">
      {hasTitle && (
        <button
          type="button"
          className="link step-times-title"
          onClick={() => inspect({ kind: 'node', path: step.path })}
        >
          {title}
        </button>
      )}
      <div className="step-times-body">
        <Histogram step={step} title={title} />
        <dl className="numbers">
          <dt>p50</dt>
          <dd>{duration(step.p50)}</dd>
          <dt>p95</dt>
          <dd>{duration(step.p95)}</dd>
          <dt>max</dt>
          <dd>{duration(step.max)}</dd>
        </dl>
      </div>
      <p className="step-times-foot numbers">
        <span className={retries > 0 ? 'tone-retrying' : 'muted'}>
          {retries > 0 ? counted(retries, ['retry', 'retries']) : 'no retries'}
        </span>
        <Slowest step={step} />
      </p>
      {stride > 1 && <p className="muted">of a sample: 1 in {number(stride)} batches</p>}
    </div>
  );
}

function Slowest({ step: { slowest } }: { step: StepTimes }) {
  if (!slowest) return null;
  return (
    <button type="button" className="link" onClick={() => inspect(batchAt(slowest), 'attempts')}>
      <span className="muted">slowest </span>
      {batchName(slowest.index, slowest.label)}
    </button>
  );
}

/** One tab stop; the arrow keys go from bar to bar. */
function Histogram({ step: { path, bins, p95 }, title }: { step: StepTimes; title: string }) {
  const bars = useRef<HTMLDivElement>(null);
  const most = Math.max(...bins.map(({ count }) => count));
  const firstFull = bins.findIndex(({ count }) => count > 0);
  const go = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = [...(bars.current?.querySelectorAll('button') ?? [])];
    all[all.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus();
  };
  return (
    <div ref={bars} className="histogram" role="group" aria-label={`How long ${title} took`} onKeyDown={go}>
      {bins.map(({ from, to, count }, at) =>
        count === 0 ? (
          <i key={from} />
        ) : (
          <button
            key={from}
            type="button"
            tabIndex={at === firstFull ? 0 : -1}
            className={from >= p95 && at > firstFull ? 'slow' : ''}
            style={{ height: `max(4px, ${(100 * count) / most}%)` }}
            aria-label={`${counted(count, ['attempt', 'attempts'])} took ${spanText({ from, to })}: select the batches`}
            title={`${counted(count, ['attempt', 'attempts'])} took ${spanText({ from, to })}. Click to select the batches.`}
            onClick={() => void selectThatTook(path, title, { from, to })}
          />
        ),
      )}
    </div>
  );
}
