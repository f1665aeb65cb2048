import { drawnNodes } from '../../common/graph.ts';
import { isSubflow } from '../../common/node-kinds.ts';
import { staysOnQueue } from '../../common/run-workers.ts';
import { useId, useState } from 'react';
import type { Problem, RerunReport, RerunRequest } from '../../host/api/api.ts';
import { nodeAnswers } from '../model/changed-work.ts';
import { typedNumber } from '../model/payload/number-text.ts';
import { Button } from '../ui/button.tsx';
import { FormModal } from '../ui/form-modal.tsx';
import { rerun } from '../stores/actions.ts';
import { askToClimb } from '../stores/climb.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { useWhereToRun, WhereToRun } from './where-to-run.tsx';
import { ChangedWorkQuestions } from './changed-work/changed-work.tsx';
import { usePlan, type Plan } from './changed-work/use-plan.ts';
import { useQuestions } from './changed-work/use-questions.ts';
import { PlanText } from './plan-text.tsx';

/** As the host takes it. */
const CONCURRENCY = {
  whole: true,
  least: { value: 1, allowed: true },
  most: { value: 10_000, allowed: true },
} as const;

/** Nothing happens that it did not say: what it shows is the plan that the re-run carries out. */
export function RerunDialog({
  request: asked,
  text,
  instead,
  onClose,
}: {
  request: RerunRequest;
  text: string;
  /** See `AskedRerun`. */
  instead: number | undefined;
  onClose: () => void;
}) {
  const run = useStudio(state => state.runId);
  const why = useId();
  const [tryOne, setTryOne] = useState(asked.tryOne ?? false);
  const [fromStart, setFromStart] = useState(asked.fromStart ?? false);
  const [concurrency, setConcurrency] = useState('');
  const [isWithout, setIsWithout] = useState(asked.setAside !== undefined);
  const [reason, setReason] = useState('');
  const wasOnQueue = useStudio(state => state.detail?.onQueue ?? false);
  const where = useWhereToRun(queue => asked.onQueue ?? staysOnQueue(wasOnQueue, queue));
  const found = useStudio(state => state.findings?.counts.items ?? 0);
  const { questions, answer, take } = useQuestions();
  const atATime = concurrency.trim() === '' ? undefined : typedNumber(concurrency, CONCURRENCY);
  const request: RerunRequest = {
    ...asked,
    ...nodeAnswers(questions),
    tryOne,
    fromStart,
    ...(isWithout && {
      setAside: {
        items: asked.setAside?.items ?? 'found',
        ...(reason.trim() !== '' && { reason: reason.trim() }),
      },
    }),
    ...(atATime?.ok === true && { concurrency: atATime.value }),
    ...(where.queue && { onQueue: where.onQueue }),
  };
  const { plan, isCurrent } = usePlan(
    // The reason changes nothing of the plan.
    JSON.stringify({
      run,
      isWithout,
      request: { ...request, concurrency: undefined, onQueue: undefined, setAside: undefined },
    }),
    () => api().planRerun({ run: run ?? 0, request: { ...request, concurrency: undefined, onQueue: undefined } }),
    take,
  );

  const hasSubflows = useStudio(
    ({ detail }) => detail !== undefined && [...drawnNodes(detail.graph.nodes)].some(({ kind }) => isSubflow(kind)),
  );
  if (run === undefined) return null;
  const go = async (): Promise<Problem | undefined> => {
    const problem = await rerun(run, { request, what: text, instead });
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      title={`Re-run ${text}?`}
      submit={{
        text: tryOne ? 'Try one' : 'Re-run',
        look: 'danger',
        disabled: plan.state !== 'known' || !isCurrent || atATime?.ok === false,
      }}
      isChanged={concurrency !== '' || reason !== '' || questions.answers.size > 0}
      onSubmit={go}
      onClose={onClose}
    >
      {plan.state === 'asking' && <p>Working out what the re-run does…</p>}
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {plan.state === 'refused' && plan.problem && (
        <p className="wrong" role="alert">
          {plan.problem.message}
        </p>
      )}
      {plan.state === 'known' && <PlanText report={plan.report} hasOtherItems={asked.items !== undefined} />}
      {plan.state === 'known' && hasSubflows && (
        <p className="muted">
          In the runs that are a part of it, what failed is re-run, and what succeeded is not executed again.
        </p>
      )}
      {canGoWithout(asked, found) && (
        <label className="check">
          <input type="checkbox" checked={isWithout} onChange={event => setIsWithout(event.target.checked)} />
          Set the items at fault aside, and run the batches without them
        </label>
      )}
      {isWithout && (
        <label className="field">
          <span>Why they are set aside</span>
          <input
            placeholder="Stored with the items (optional)"
            maxLength={2000}
            value={reason}
            onChange={event => setReason(event.target.value)}
          />
        </label>
      )}
      {mayClimb(request, plan) && (
        <p>
          <Button small onClick={() => askToClimb(request, text)}>
            Start with 1 batch…
          </Button>{' '}
          Then ten, then the rest: it stops by itself when too many fail again.
        </p>
      )}
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
      <WhereToRun {...where} />
      {atATime?.ok === false && (
        <p className="wrong" role="alert" id={why}>
          {atATime.why}
        </p>
      )}
    </FormModal>
  );
}

/** Of several batches, and where no item is changed. */
function mayClimb({ items, setAside, takeBack }: RerunRequest, plan: Plan<RerunReport>): boolean {
  if (items !== undefined || setAside !== undefined || takeBack !== undefined || plan.state !== 'known') return false;
  const { nodes, waiting } = plan.report;
  return nodes.length === 1 && waiting.length === 0 && (nodes[0]?.batches ?? 0) > 1;
}

/** Items named by a person are set aside already, and of those that come back none is. */
function canGoWithout({ items, setAside, takeBack, select }: RerunRequest, found: number): boolean {
  if (items !== undefined || takeBack !== undefined || (setAside && setAside.items !== 'found')) return false;
  return found > 0 && select !== 'all' && select !== 'none';
}
