import { unitOfRun } from '../../../common/graph-nodes.ts';
import { counted, ITEM, number, type Unit } from '../../../common/format.ts';
import type { Problem } from '../../../host/api/api.ts';
import { areAllAnswered, nodeAnswers } from '../../model/changed-work.ts';
import {
  changesText,
  noteText,
  passedCount,
  refusedText,
  submitText,
  testText,
  type CorrectionsFound,
  type Trying,
} from '../../model/corrections.ts';
import { label } from '../../model/shown-text.ts';
import { rerun } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { FormModal } from '../../ui/form-modal.tsx';
import { ProblemText } from '../../ui/problem-text.tsx';
import { ChangedWorkQuestions } from '../changed-work/changed-work.tsx';
import { usePlan } from '../changed-work/use-plan.ts';
import { useQuestions } from '../changed-work/use-questions.ts';
import { PlanText } from '../plan-text.tsx';
import { CellDiff } from './cell-diff.tsx';
import { useTrying } from './use-trying.ts';
import './take-back.css';

interface Props {
  /** Of the file. */
  readonly name: string;
  readonly found: CorrectionsFound;
  readonly onClose: () => void;
}

/** What a corrected file changes, before it does: refused rows first, each cell, the test of each item, and the re-run. */
export function TakeBackDialog({ name, found, onClose }: Props) {
  const run = useStudio(state => state.runId);
  const unit = useStudio(state =>
    state.detail && state.progress ? unitOfRun(state.detail.graph, state.progress.nodes) : ITEM,
  );
  const { trying, allow } = useTrying(run, found);
  const { questions, answer, take } = useQuestions();
  const request = { select: 'none' as const, corrections: found.id, ...nodeAnswers(questions) };
  const { plan, isCurrent } = usePlan(
    JSON.stringify({ run, request }),
    () => api().planRerun({ run: run ?? 0, request }),
    take,
  );
  if (run === undefined) return null;
  const { counts } = found;
  const batches = plan.state === 'known' ? plan.report.nodes.reduce((sum, node) => sum + node.batches, 0) : undefined;
  const isNothing = counts.items === 0;
  const leave = () => {
    api().closeCorrections({ id: found.id }).catch(notice);
    onClose();
  };
  const go = async (): Promise<Problem | undefined> => {
    const problem = await rerun(run, { request, what: `the batches of ${counted(counts.items, unit)} in ${name}` });
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      wide
      title={`Take back ${label(name, 80)}`}
      submit={{
        text: batches === undefined ? 'Re-run' : submitText(batches),
        look: 'danger',
        disabled: isNothing || plan.state !== 'known' || !isCurrent || !areAllAnswered(questions),
      }}
      isChanged={questions.answers.size > 0}
      onSubmit={go}
      onClose={leave}
    >
      <Counts found={found} trying={trying} unit={unit} />
      {trying.state === 'asks' && (
        <p>
          What these steps do outside is done: mails, payments, requests.{' '}
          <Button small onClick={allow}>
            Execute and try
          </Button>
        </p>
      )}
      <CellDiff found={found} trying={trying} unit={unit} />
      {found.ignored.length > 0 && (
        <p>
          No {unit[0]} has{' '}
          {found.ignored
            .slice(0, 10)
            .map(column => `“${label(column, 60)}”`)
            .join(', ')}
          : {found.ignored.length === 1 ? 'this column is' : 'these columns are'} ignored.
        </p>
      )}
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {!isNothing && plan.state === 'known' && <PlanText report={plan.report} hasOtherItems={false} />}
      {!isNothing && plan.state === 'refused' && plan.problem && <ProblemText problem={plan.problem} />}
      <p>
        {isNothing
          ? `Nothing in ${label(name, 80)} changes the run.`
          : `${noteText(found)} All steps of these batches run again.`}
      </p>
    </FormModal>
  );
}

function Counts({ found: { counts }, trying, unit }: { found: CorrectionsFound; trying: Trying; unit: Unit }) {
  const passed = passedCount(trying);
  const isGood = trying.state === 'ended' && passed === counts.items;
  return (
    <ul className="take-back-counts">
      <li>
        <b>{number(counts.cells)}</b> {changesText(counts, unit)}
      </li>
      {counts.refused > 0 && (
        <li className="tone-failed">
          <b>{number(counts.refused)}</b> {refusedText(counts.refused)}
        </li>
      )}
      {counts.unchanged > 0 && (
        <li className="muted">
          <b>{number(counts.unchanged)}</b> {counts.unchanged === 1 ? 'row is' : 'rows are'} as before
        </li>
      )}
      {counts.items > 0 && (
        <li className={isGood ? 'tone-succeeded' : ''}>
          <span role="status">
            <b>{number(passed)}</b> {testText(trying, counts.items, unit)}
          </span>
        </li>
      )}
    </ul>
  );
}
