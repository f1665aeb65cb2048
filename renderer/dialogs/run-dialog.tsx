import { useEffect, useRef, useState } from 'react';
import type { Problem, WorkflowRef } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { firstState, finished, NOTHING_WRONG, toFields, wrongOf, type FormState } from '../model/payload/form-state.ts';
import { formOf } from '../model/payload/schema-fields.ts';
import { ENGLISH } from '../model/presentation/form-english.ts';
import { usePresentationText } from '../hooks/use-presentation-text.ts';
import { FormWords } from '../ui/form-words.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { useLoad } from '../hooks/use-load.ts';
import { startRun } from '../stores/actions.ts';
import { givenPayload, runsToRepeat, type GivenPayload } from '../stores/given-payload.ts';
import { studio, useStudio } from '../stores/studio.ts';
import { lastOnQueue, rememberOnQueue, useWhereToRun, WhereToRun } from './where-to-run.tsx';
import { PayloadForm } from './payload/payload-form.tsx';

interface Props {
  readonly workflow: WorkflowRef;
  readonly onClose: () => void;
}

/** Starts a run. It begins with the payload of the run that is open, or of the latest one of the workflow. */
export function RunDialog({ workflow, onClose }: Props) {
  const [runs] = useState(() => runsToRepeat(studio.getState(), workflow));
  const [run] = runs;
  const before = useLoad(async () => (run === undefined ? undefined : await givenPayload(run)), [run]);
  switch (before.state) {
    case 'loading':
      return null;
    case 'loaded':
      return <Form workflow={workflow} runs={runs} before={before.value} onClose={onClose} />;
    case 'failed':
      return <Form workflow={workflow} runs={runs} before={undefined} note={before.message} onClose={onClose} />;
  }
}

interface FormProps extends Props {
  /** Whose payload may be taken. */
  readonly runs: readonly number[];
  /** What the form begins with. */
  readonly before: GivenPayload | undefined;
  /** Why the payload of before is not known. */
  readonly note?: string;
}

function Form({ workflow, runs, before: given, note, onClose }: FormProps) {
  const graph = useStudio(
    state =>
      state.workspace?.files
        .find(file => file.file === workflow.file)
        ?.graphs.find(({ id }) => id === workflow.workflow) ?? state.detail?.graph,
  );
  const isPresenting = useStudio(state => state.presenting);
  // A file that is saved meanwhile does not change what is being filled in: the host checks it by the new schema.
  const presented = usePresentationText();
  const text = isPresenting ? presented : ENGLISH;
  const says = text.form;
  const [form] = useState(() => formOf(graph?.payload));
  // Who is presented to is asked in fields or not at all.
  const before = isPresenting && form && given && !toFields(form, given.json) ? undefined : given;
  const [first, setFirst] = useState(() => firstState(form, before?.json));
  const [state, setState] = useState<FormState>(first);
  const [wrong, setWrong] = useState(NOTHING_WRONG);
  const where = useWhereToRun(lastOnQueue);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wrong.errors.size > 0) body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [wrong]);

  const start = async (): Promise<Problem | undefined> => {
    const payload = finished(state, says);
    setWrong(payload.ok ? NOTHING_WRONG : payload.wrong);
    if (!payload.ok) return undefined;
    const { queue, onQueue } = where;
    const isChoice = queue !== undefined && !isPresenting;
    const problem = await startRun(workflow, payload.json, isChoice ? onQueue : undefined);
    if (!problem) {
      if (isChoice) rememberOnQueue(queue, onQueue);
      return void onClose();
    }
    const beside = wrongOf(state, problem.issues ?? []);
    if (!beside) return problem;
    setWrong(beside);
    return undefined;
  };
  const name = graph?.name ?? label(workflow.workflow, 200);
  return (
    <FormWords.Provider value={says}>
      <FormModal
        title={isPresenting ? text.startOf(name) : `Run ${name}`}
        submit={{ text: text.start }}
        isChanged={state !== first && JSON.stringify(state) !== JSON.stringify(first)}
        onSubmit={start}
        onClose={onClose}
      >
        {graph?.description && <p>{graph.description}</p>}
        {note !== undefined && <p className="wrong">{text.payloadUnread(label(note, 2_000))}</p>}
        <div className="payload" ref={body}>
          <PayloadForm
            form={form}
            state={state}
            wrong={wrong}
            before={before}
            runs={runs}
            isPresenting={isPresenting}
            onChange={setState}
            onRestart={payload => {
              const next = firstState(form, payload?.json);
              setFirst(next);
              setState(next);
              setWrong(NOTHING_WRONG);
            }}
          />
        </div>
        {!isPresenting && <WhereToRun {...where} />}
      </FormModal>
    </FormWords.Provider>
  );
}
