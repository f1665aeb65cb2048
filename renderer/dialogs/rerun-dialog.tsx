import { useEffect, useId, useState } from 'react';
import type { Problem, RerunReport, RerunRequest } from '../../host/api/api.ts';
import { label, titleLabel } from '../model/shown-text.ts';
import { plannedEffectsText } from '../../common/effects.ts';
import { BATCH, counted, number } from '../../common/format.ts';
import { rangesText } from '../../common/format.ts';
import { typedNumber } from '../model/payload/number-text.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { rerun } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';

type Plan =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly report: RerunReport }
  | { readonly state: 'refused'; readonly problem: Problem };

/** As the host takes it. */
const CONCURRENCY = {
  whole: true,
  least: { value: 1, allowed: true },
  most: { value: 10_000, allowed: true },
} as const;

/** Nothing happens that it did not say: the host plans the re-run by doing it and taking it back. */
export function RerunDialog({
  request: asked,
  text,
  onClose,
}: {
  request: RerunRequest;
  text: string;
  onClose: () => void;
}) {
  const run = useStudio(state => state.runId);
  const why = useId();
  const [tryOne, setTryOne] = useState(asked.tryOne ?? false);
  const [fromStart, setFromStart] = useState(asked.fromStart ?? false);
  const [concurrency, setConcurrency] = useState('');
  const [plan, setPlan] = useState<Plan>({ state: 'asking' });
  const atATime = concurrency.trim() === '' ? undefined : typedNumber(concurrency, CONCURRENCY);
  const request: RerunRequest = {
    ...asked,
    tryOne,
    fromStart,
    ...(atATime?.ok === true && { concurrency: atATime.value }),
  };
  const key = JSON.stringify({ ...request, concurrency: undefined });
  const workspace = useStudio(state => state.workspace);

  useEffect(() => {
    if (run === undefined) return undefined;
    let current = true;
    api()
      .planRerun({ run, request: JSON.parse(key) as RerunRequest })
      .then(
        outcome => {
          if (current)
            setPlan(
              outcome.ok ? { state: 'known', report: outcome.value } : { state: 'refused', problem: outcome.problem },
            );
        },
        (error: unknown) => {
          if (current)
            setPlan({
              state: 'refused',
              problem: { name: 'Error', message: error instanceof Error ? error.message : String(error) },
            });
        },
      );
    return () => {
      current = false;
    };
    // A file that is saved meanwhile may change what the re-run would do.
  }, [run, key, workspace]);

  if (run === undefined) return null;
  const go = async (): Promise<Problem | undefined> => {
    const problem = await rerun(run, request);
    if (!problem) onClose();
    return problem;
  };
  return (
    <FormModal
      title={`Re-run ${text}?`}
      submit={{
        text: tryOne ? 'Try one' : 'Re-run',
        look: 'danger',
        disabled: plan.state !== 'known' || atATime?.ok === false,
      }}
      isChanged={concurrency !== ''}
      onSubmit={go}
      onClose={onClose}
    >
      {plan.state === 'asking' && <p>Working out what the re-run does…</p>}
      {plan.state === 'refused' && (
        <p className="wrong" role="alert">
          {plan.problem.message}
        </p>
      )}
      {plan.state === 'known' && <PlanText report={plan.report} />}
      <label className="check">
        <input type="checkbox" checked={tryOne} onChange={event => setTryOne(event.target.checked)} />
        Try one first
      </label>
      <label className="check">
        <input type="checkbox" checked={fromStart} onChange={event => setFromStart(event.target.checked)} />
        Start at the first step, even if steps have succeeded
      </label>
      <label className="field">
        <span>Batches at a time</span>
        <input
          inputMode="numeric"
          placeholder="As in the workflow"
          value={concurrency}
          aria-invalid={atATime?.ok === false ? true : undefined}
          aria-describedby={why}
          onChange={event => setConcurrency(event.target.value)}
        />
      </label>
      {atATime?.ok === false && (
        <p className="wrong" role="alert" id={why}>
          {atATime.why}
        </p>
      )}
    </FormModal>
  );
}

function PlanText({ report }: { report: RerunReport }) {
  const graph = useStudio(state => state.detail?.graph);
  if (!graph) return null;
  return (
    <dl>
      {report.nodes.map(({ path, batches, indices }) => (
        <Row key={path} term="Re-runs">
          {counted(batches, BATCH)} of {titleLabel(graph, path)}: {rangesText(indices)}
        </Row>
      ))}
      {report.steps.map(step => (
        <Row key={step} term="Re-runs step">
          {titleLabel(graph, step)}
        </Row>
      ))}
      <Row term="Reuses">
        {counted(report.reused.batches, BATCH)} that succeeded
        {report.reused.steps > 0 &&
          `, and ${counted(report.reused.steps, ['step', 'steps'])} inside the batches that run again`}
      </Row>
      {report.repeats.length > 0 && (
        <Row term="Repeats later steps">{report.repeats.map(path => titleLabel(graph, path)).join(', ')}</Row>
      )}
      {report.takenBack.map(({ key, by }) => (
        <Row key={key} term="Undoes">
          {number(by)} from state <code>{label(key, 200)}</code>
        </Row>
      ))}
      {report.notTakenBack.length > 0 && (
        <Row term="Cannot undo">
          earlier changes of state {report.notTakenBack.map(key => label(key, 200)).join(', ')}. Repeated steps change
          it again.
        </Row>
      )}
      {report.effects.map(effects => (
        <Row key={`${effects.path} ${effects.unit[0]}`} term="Effects">
          {titleLabel(graph, effects.path)}: {plannedEffectsText(effects)}
          {effects.unknown > 0 && '. They were cut off: say in the inspector (Effects) whether they were done.'}
        </Row>
      ))}
      <Row term="Code">
        {report.codeChanged ? 'Changed since this run. The re-run uses the new code.' : 'Unchanged'}
      </Row>
      <Row term="Attempts">New attempts are added to this run. Nothing is overwritten.</Row>
    </dl>
  );
}

function Row({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
