import { useDeferredValue, useEffect, useMemo, useState, type ReactNode } from 'react';
import { parseValueText } from '../../common/value-text.ts';
import type { Problem, RerunRequest } from '../../host/api/api.ts';
import { areAllAnswered, nodeAnswers } from '../model/changed-work.ts';
import type { ItemDiff } from '../model/items/item-diff.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { ItemDiffView } from '../ui/item-diff.tsx';
import { ProblemText } from '../ui/problem-text.tsx';
import { rerun } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { ChangedWorkQuestions } from './changed-work/changed-work.tsx';
import { usePlan } from './changed-work/use-plan.ts';
import { useQuestions } from './changed-work/use-questions.ts';
import { PlanText } from './plan-text.tsx';

interface Props {
  readonly run: number;
  readonly title: string;
  /** What happens with it. */
  readonly children: ReactNode;
  /** What the text is called. */
  readonly text: string;
  readonly hint: ReactNode;
  /** Reads the text as it is stored, when `subject` changes. */
  readonly load: () => Promise<string>;
  readonly subject: readonly unknown[];
  /** The text as it was edited before. */
  readonly edited?: string | undefined;
  /** What an edit changes. @throws SyntaxError, InexactNumberError */
  readonly diff: (before: string, after: string) => ItemDiff;
  /** Why it cannot be sent as it is typed. */
  readonly whyNot: (text: string) => string | undefined;
  /** What is asked for, without what is typed: the plan is made of it. */
  readonly request: RerunRequest;
  readonly withText: (request: RerunRequest, edit: { readonly text: string; readonly shown: string }) => RerunRequest;
  readonly submit: string;
  /** What is re-run, in a notice. */
  readonly what: string;
  readonly hasOtherItems: boolean;
  readonly onClose: () => void;
}

/** Items as text, to be corrected before their batch runs again: with what the edit changes and what the re-run does. */
export function EditTextDialog({ run, load, subject, edited, request: asked, onClose, ...props }: Props) {
  const [shown, setShown] = useState<string>();
  const [value, setValue] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const { questions, answer, take } = useQuestions();
  const request = { ...asked, ...nodeAnswers(questions) };
  const { plan } = usePlan(JSON.stringify({ run, request }), () => api().planRerun({ run, request }), take);
  useEffect(() => {
    load().then(
      text => {
        setShown(text);
        setValue(edited ?? text);
      },
      (error: unknown) => setWrong(error instanceof Error ? error.message : String(error)),
    );
  }, [run, JSON.stringify(subject), edited]);
  const typed = useDeferredValue(value);
  const diff = useMemo(() => changed(shown, typed, props.diff), [shown, typed]);

  const go = async (): Promise<Problem | undefined> => {
    if (value === undefined || shown === undefined) return undefined;
    const why = unreadable(value) ?? props.whyNot(value);
    setWrong(why);
    if (why !== undefined) return undefined;
    const problem = await rerun(run, {
      request: props.withText(request, { text: value, shown }),
      what: props.what,
    });
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      wide
      title={props.title}
      submit={{ text: props.submit, look: 'danger', disabled: value === undefined || !areAllAnswered(questions) }}
      isChanged={value !== shown || questions.answers.size > 0}
      onSubmit={go}
      onClose={onClose}
    >
      {props.children}
      {diff && <ItemDiffView diff={diff} />}
      <label className="field">
        <span>{props.text}</span>
        <small>{props.hint}</small>
        <textarea
          style={{ minHeight: diff === undefined ? '30vh' : '20vh' }}
          spellCheck={false}
          value={value ?? ''}
          disabled={value === undefined}
          onChange={event => setValue(event.target.value)}
        />
      </label>
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {plan.state === 'known' && <PlanText report={plan.report} hasOtherItems={props.hasOtherItems} />}
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
function changed(before: string | undefined, after: string | undefined, diff: Props['diff']): ItemDiff | undefined {
  if (before === undefined || after === undefined || before === after) return undefined;
  try {
    parseValueText(after);
    return diff(before, after);
  } catch {
    return undefined;
  }
}

function unreadable(text: string): string | undefined {
  try {
    parseValueText(text);
    return undefined;
  } catch (error) {
    return `What is typed cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
