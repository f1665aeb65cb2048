import { useEffect } from 'react';
import type { ChangedWork, Problem } from '../../host/api/api.ts';
import { nodeAnswers } from '../model/changed-work.ts';
import { resume } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { ProblemText } from '../ui/problem-text.tsx';
import { ChangedWorkQuestions } from './changed-work/changed-work.tsx';
import { usePlan } from './changed-work/use-plan.ts';
import { useQuestions } from './changed-work/use-questions.ts';
import { PlanRows, Row } from './plan-rows.tsx';

/** A resume that was refused, because nodes with stored work have changed: it goes on once that is answered. */
export function ResumeDialog({ changed, onClose }: { changed: readonly ChangedWork[]; onClose: () => void }) {
  const run = useStudio(state => state.runId);
  const isResumable = useStudio(({ progress }) => progress?.status === 'paused' || progress?.status === 'interrupted');
  const { questions, answer, take } = useQuestions(changed);
  const answers = nodeAnswers(questions);
  const { plan, isCurrent } = usePlan(
    JSON.stringify({ run, answers }),
    () => api().planResume({ run: run ?? 0, answers }),
    take,
  );
  useEffect(() => {
    // Somebody else has resumed or cancelled it.
    if (!isResumable) onClose();
  }, [isResumable, onClose]);
  if (run === undefined) return null;
  const go = async (): Promise<Problem | undefined> => {
    const problem = await resume(run, answers);
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      title={`Resume run ${run}?`}
      submit={{ text: 'Resume', disabled: plan.state !== 'known' || !isCurrent }}
      isChanged={questions.answers.size > 0}
      onSubmit={go}
      onClose={onClose}
    >
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {plan.state === 'refused' && plan.problem && <ProblemText problem={plan.problem} />}
      {plan.state === 'known' && (
        <dl>
          <Row term="Continues">What has succeeded and is not discarded is not executed again.</Row>
          <PlanRows report={plan.report} does="resumed run" />
        </dl>
      )}
    </FormModal>
  );
}
