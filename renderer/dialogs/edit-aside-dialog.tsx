import { useEffect, useState } from 'react';
import { parseValueText } from '../../common/value-text.ts';
import type { Problem } from '../../host/api/api.ts';
import { areAllAnswered, nodeAnswers } from '../model/changed-work.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { rerun } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import { ChangedWorkQuestions } from './changed-work/changed-work.tsx';
import { useQuestions } from './changed-work/use-questions.ts';

interface Props {
  readonly scope: number;
  readonly item: number;
  readonly name: string;
  readonly onClose: () => void;
}

/** Corrects an item that is set aside, and takes it back into its batch. */
export function EditAsideDialog({ scope, item, name, onClose }: Props) {
  const run = useStudio(state => state.runId);
  const [shown, setShown] = useState<string>();
  const [value, setValue] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const { questions, answer, take } = useQuestions();
  useEffect(() => {
    if (run === undefined) return;
    const load = async () => {
      const loaded = await api().getItemSetAside({ run, scope, item });
      if (loaded.truncated) throw new Error('This item is too large to edit here.');
      setShown(loaded.json);
      setValue(loaded.json);
    };
    load().catch((error: unknown) => setWrong(error instanceof Error ? error.message : String(error)));
  }, [run, scope, item]);

  if (run === undefined) return null;
  const go = async (): Promise<Problem | undefined> => {
    const why = unreadable(value ?? '');
    setWrong(why);
    if (why !== undefined) return undefined;
    const takeBack = [{ scope, item, value: value ?? '', shown }];
    const request = { select: 'none' as const, takeBack, ...nodeAnswers(questions) };
    const problem = await rerun(run, { request, what: `the batch of ${name}` });
    if (problem) return take(problem);
    onClose();
    return undefined;
  };
  return (
    <FormModal
      wide
      title={`Edit ${name} and take it back in`}
      submit={{
        text: 'Take back in',
        look: 'danger',
        disabled: value === undefined || !areAllAnswered(questions),
      }}
      isChanged={value !== shown || questions.answers.size > 0}
      onSubmit={go}
      onClose={onClose}
    >
      <p>
        All steps of its batch run again, with this item in its old place and all others that are not set aside. What
        the batch came to before stays on record.
      </p>
      <label className="field">
        <span>The item as text</span>
        <small>What you do not change stays what it is.</small>
        <textarea
          style={{ minHeight: '30vh' }}
          spellCheck={false}
          value={value ?? ''}
          disabled={value === undefined}
          onChange={event => setValue(event.target.value)}
        />
      </label>
      <ChangedWorkQuestions questions={questions} answer={answer} />
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </FormModal>
  );
}

function unreadable(text: string): string | undefined {
  try {
    parseValueText(text);
    return undefined;
  } catch (error) {
    return `The item cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
