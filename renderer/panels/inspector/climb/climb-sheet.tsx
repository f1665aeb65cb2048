import { useState } from 'react';
import { BATCH, clock, counted, number } from '../../../../common/format.ts';
import type { Climb, Problem } from '../../../../host/api/api.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { climbResult, climbTitle } from '../../../model/climb-text.ts';
import { label } from '../../../model/shown-text.ts';
import { askToRerun } from '../../../stores/actions.ts';
import { beginClimb, dismissClimb, dropClimb, hideClimb, stopClimb, type AskedClimb } from '../../../stores/climb.ts';
import { api } from '../../../stores/host.ts';
import { Button } from '../../../ui/button.tsx';
import { RunButton } from '../../../ui/run-button.tsx';
import { Ladder } from './ladder.tsx';
import { TryItem } from './try-item.tsx';
import './climb.css';

/** What a re-run that climbs would do, rung after rung. */
export function ClimbPlan({ asked }: { readonly asked: AskedClimb }) {
  const { run, request, text } = asked;
  const [problem, setProblem] = useState<Problem>();
  const loaded = useLoad(
    async () => ({ climb: await api().planClimb({ run, request }), plan: await api().planRerun({ run, request }) }),
    [run, request],
  );
  const known = loaded.state === 'loaded' ? loaded.value : undefined;
  const wrong =
    problem ??
    (known?.climb.ok === false ? known.climb.problem : undefined) ??
    (known?.plan.ok === false ? known.plan.problem : undefined) ??
    (loaded.state === 'failed' ? { message: loaded.message } : undefined);
  const rungs = known?.climb.ok === true ? known.climb.value.rungs : [];
  const report = known?.plan.ok === true ? known.plan.value : undefined;
  const batches = rungs.reduce((sum, rung) => sum + rung.batches, 0);
  return (
    <Sheet title={`Re-run ${label(text, 80)}`} note="It climbs: one batch, ten, then the rest." onClose={dropClimb}>
      {loaded.state === 'loading' && <p>Working out what the re-run does…</p>}
      {wrong && (
        <p className="wrong" role="alert">
          {label(wrong.message, 2_000)}
        </p>
      )}
      {report && (
        <dl>
          <dt>Runs again</dt>
          <dd>{counted(batches, BATCH)}</dd>
          <dt>Reuses</dt>
          <dd>{counted(report.reused.batches, BATCH)} that succeeded</dd>
          {report.repeats.length > 0 && (
            <>
              <dt>Then repeats</dt>
              <dd>{report.repeats.map(path => label(path, 80)).join(', ')}</dd>
            </>
          )}
          <dt>Code</dt>
          <dd>{report.codeChanged ? 'Changed since this run. The re-run uses the new code.' : 'Unchanged'}</dd>
        </dl>
      )}
      {rungs.length > 0 && (
        <>
          <TryItem run={run} />
          <Ladder rungs={rungs} />
          <p className="faint">After a stop, nothing else runs. Batches that were not reached keep their results.</p>
        </>
      )}
      <footer>
        <RunButton
          look="danger"
          disabled={rungs.length === 0 || report === undefined}
          onClick={() => void beginClimb(asked).then(setProblem)}
        >
          Start with 1 batch
        </RunButton>
        <RunButton
          onClick={() => {
            dropClimb();
            askToRerun(request, text);
          }}
        >
          All at once…
        </RunButton>
        <Button look="quiet" onClick={dropClimb}>
          Cancel
        </Button>
      </footer>
    </Sheet>
  );
}

/** How a climb goes; then what has come of it. */
export function ClimbProgress({ run, climb }: { readonly run: number; readonly climb: Climb }) {
  const { state, rungs, problem, startedAt, endedAt } = climb;
  const all = rungs.reduce((sum, { batches }) => sum + batches, 0);
  const sum = (of: 'succeeded' | 'failed') => rungs.reduce((total, { end }) => total + (end?.[of] ?? 0), 0);
  const isOver = state !== 'climbing';
  const cause = rungs.findLast(({ end }) => end)?.end?.cause;
  return (
    <Sheet
      title={climbTitle(climb)}
      note={`Re-run of ${counted(all, BATCH)} · ${clock(startedAt)}${endedAt === undefined ? '' : ` to ${clock(endedAt)}`}`}
      onClose={isOver ? () => dismissClimb(run) : hideClimb}
    >
      {state === 'stopped' && (
        <div className="climb-stopped" role="alert">
          {climbResult(climb).map(line => (
            <p key={line}>{line}</p>
          ))}
          {cause && <p className="message">{label(cause.message, 300)}</p>}
          {problem && <p>{label(problem.message, 2_000)}</p>}
        </div>
      )}
      <p>
        {number(all)} = <b className="tone-succeeded">{number(sum('succeeded'))}</b> done +{' '}
        <b className="tone-failed">{number(sum('failed'))}</b> failed again +{' '}
        <b>{number(all - sum('succeeded') - sum('failed'))}</b> {isOver ? 'not run' : 'to go'}
      </p>
      <Ladder rungs={rungs} state={state} />
      <footer>
        {isOver ? (
          <Button onClick={() => dismissClimb(run)}>Close</Button>
        ) : (
          <Button
            disabled={climb.isStopping === true}
            title="The rung that is executed comes to its end; no other one begins"
            onClick={() => stopClimb(run)}
          >
            Stop after this rung
          </Button>
        )}
      </footer>
    </Sheet>
  );
}

function Sheet({
  title,
  note,
  onClose,
  children,
}: {
  readonly title: string;
  readonly note: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <section className="climb" aria-label="Re-run in rungs">
      <header>
        <h2>{title}</h2>
        <Button look="quiet" small aria-label="Close the re-run in rungs" onClick={onClose}>
          ✕
        </Button>
        <small>{note}</small>
      </header>
      {children}
    </section>
  );
}
