import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { parseValueText } from '../../common/value-text.ts';
import type { Problem } from '../../host/api/api.ts';
import { areAllAnswered, nodeAnswers } from '../model/changed-work.ts';
import { diffItems, type ItemDiff } from '../model/items/item-diff.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { ProblemText } from '../ui/problem-text.tsx';
import { ItemDiffView } from '../ui/item-diff.tsx';
import { rerun } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { ChangedWorkQuestions } from './changed-work/changed-work.tsx';
import { usePlan } from './changed-work/use-plan.ts';
import { useQuestions } from './changed-work/use-questions.ts';
import { PlanText } from './plan-text.tsx';

interface Props {
  readonly node: number;
  readonly index: number;
  /** The items as they were edited before, in the table. */
  readonly edited: string | undefined;
  readonly onClose: () => void;
}

/** Runs one batch again with other items. What it had before stays on record. */
export function EditItemsDialog({ node, index, edited, onClose }: Props) {
  const run = useStudio(state => state.runId);
  const path = useStudio(state => state.model?.maps.get(node)?.path);
  const [shown, setShown] = useState<string>();
  const [items, setItems] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const { questions, answer, take } = useQuestions();
  const request = {
    node: path,
    select: { ranges: [[index, index] as [number, number]] },
    // As other items have it.
    fromStart: true,
    ...nodeAnswers(questions),
  };
  const { plan } = usePlan(JSON.stringify({ run, request }), () => api().planRerun({ run: run ?? 0, request }), take);

  useEffect(() => {
    if (run === undefined) return;
    const load = async () => {
      const found = await api().findBatch({ run, node, index });
      if (!found) throw new Error(`Batch ${index} no longer exists.`);
      const value = await api().getItems({ run, scope: found.scope, full: true });
      if (value.truncated)
        throw new Error('These items are too large to edit here. Change the source and re-run the batch instead.');
      setShown(value.json);
      setItems(edited ?? value.json);
    };
    load().catch((error: unknown) => setWrong(error instanceof Error ? error.message : String(error)));
  }, [run, node, index, edited]);
  const typed = useDeferredValue(items);
  const diff = useMemo(() => diffOf(shown, typed), [shown, typed]);

  if (run === undefined || path === undefined) return null;
  const go = async (): Promise<Problem | undefined> => {
    const why = notAList(items ?? '');
    setWrong(why);
    if (why !== undefined) return undefined;
    const problem = await rerun(run, {
      request: { ...request, items: items ?? '[]', itemsShown: shown },
      what: `batch ${index}`,
    });
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      wide
      title={`Edit the items of batch ${index}`}
      submit={{
        text: 'Re-run with these items',
        look: 'danger',
        disabled: items === undefined || !areAllAnswered(questions),
      }}
      isChanged={items !== shown || questions.answers.size > 0}
      onSubmit={go}
      onClose={onClose}
    >
      <p>
        All steps of the batch run again with these items. The items, outputs and errors of earlier attempts stay
        stored.
      </p>
      {diff && <ItemDiffView diff={diff} />}
      <label className="field">
        <span>Items as text</span>
        <small>
          A list in JSON, which also knows undefined, NaN, 12n, Date("2026-01-31T09:00:00Z"), Map {'{"key" => 1}'} and
          Set {'{1, 2}'}. What you do not change stays what it is.
        </small>
        <textarea
          style={{ minHeight: edited === undefined ? '30vh' : '20vh' }}
          spellCheck={false}
          value={items ?? ''}
          disabled={items === undefined}
          onChange={event => setItems(event.target.value)}
        />
      </label>
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {plan.state === 'known' && <PlanText report={plan.report} hasOtherItems />}
      {plan.state === 'refused' && plan.problem && <ProblemText problem={plan.problem} />}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </FormModal>
  );
}

/** Undefined while what is typed cannot be read: that is said when it is sent. */
function diffOf(before: string | undefined, after: string | undefined): ItemDiff | undefined {
  if (before === undefined || after === undefined || before === after) return undefined;
  try {
    parseValueText(after);
    return diffItems(before, after);
  } catch {
    return undefined;
  }
}

function notAList(text: string): string | undefined {
  try {
    return parseValueText(text).kind === 'list' ? undefined : 'The items must be a list: [ … ].';
  } catch (error) {
    return `The items cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
