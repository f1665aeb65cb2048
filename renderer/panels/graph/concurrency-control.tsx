import { useState } from 'react';
import { setConcurrency } from '../../stores/actions.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';
import { concurrencyText } from '../../model/graph/node-text.ts';
import type { BatchState } from '../../model/graph/node-state.ts';
import type { PlanProps } from './box-card.tsx';

/** By then the run's totals say how many there are, whatever was asked. */
const ANSWER_MS = 2000;

/** How many at a time; while it runs, to be changed. */
export function ConcurrencyControl({ plan, figures }: PlanProps & { figures: BatchState }) {
  const run = useStudio(state => state.runId);
  const [asked, setAsked] = useState<number>();
  const shown = asked ?? figures.concurrency;
  if (asked !== undefined && asked === figures.concurrency) setAsked(undefined);
  // What was cannot be changed.
  const isPast = useStudio(state => shownPast(state) !== undefined);
  if (figures.state !== 'running' || isPast || run === undefined || figures.node === 0)
    return figures.node === 0 ? null : <span className="card-concurrency">{concurrencyText(figures.concurrency)}</span>;
  const change = (by: number) => {
    const next = Math.max(1, shown + by);
    setAsked(next);
    void setConcurrency(run, plan.path, next).then(done => setTimeout(() => setAsked(undefined), done ? ANSWER_MS : 0));
  };
  return (
    <span
      className="card-concurrency nopan"
      role="group"
      aria-label={`${plan.title}: batches at a time`}
      onClick={event => event.stopPropagation()}
    >
      <button type="button" aria-label="One batch fewer at a time" disabled={shown <= 1} onClick={() => change(-1)}>
        −
      </button>
      {concurrencyText(shown)}
      <button type="button" aria-label="One batch more at a time" onClick={() => change(1)}>
        +
      </button>
    </span>
  );
}
