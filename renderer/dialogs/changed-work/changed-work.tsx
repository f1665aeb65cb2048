import { useId } from 'react';
import { nameBefore } from '../../../common/changed-work.ts';
import { titleOf } from '../../../common/graph-nodes.ts';
import type { ChangedWork, Graph } from '../../../host/api/api.ts';
import { useNodeTitle, useTodaysGraph } from '../../hooks/use-todays-graph.ts';
import { changeText, freeCandidates, keyOf, lossText, type WorkAnswer } from '../../model/changed-work.ts';
import { label } from '../../model/shown-text.ts';
import type { AskedQuestions } from './use-questions.ts';
import './changed-work.css';

/** Asks for each node that has changed what becomes of its stored work. Nothing runs before all is answered. */
export function ChangedWorkQuestions({ questions, answer }: Pick<AskedQuestions, 'questions' | 'answer'>) {
  if (questions.works.length === 0) return null;
  return (
    <div className="changed-work">
      <p>The workflow has changed since this run. Say what becomes of stored work that has no certain place in it:</p>
      {questions.works.map(work => (
        <Question
          key={keyOf(work)}
          work={work}
          candidates={freeCandidates(questions, work)}
          answer={questions.answers.get(keyOf(work))}
          onAnswer={given => answer(work, given)}
        />
      ))}
    </div>
  );
}

interface QuestionProps {
  readonly work: ChangedWork;
  readonly candidates: readonly string[];
  readonly answer: WorkAnswer | undefined;
  readonly onAnswer: (answer: WorkAnswer) => void;
}

function Question({ work, candidates, answer, onAnswer }: QuestionProps) {
  const name = useId();
  const loss = useId();
  const titleOfNode = useNodeTitle();
  const { graph: today } = useTodaysGraph();
  const [first] = candidates;
  const to = answer?.kind === 'renamed' ? answer.to : first;
  return (
    <fieldset>
      <legend>{changeText(work, titleOfNode(work.path))}</legend>
      {to === undefined ? (
        <p>No new {work.way === undefined ? label(work.kind) : 'way'} in the file can be it.</p>
      ) : (
        <div className="changed-work-name">
          <label className="check">
            <input
              type="radio"
              name={name}
              checked={answer?.kind === 'renamed'}
              onChange={() => onAnswer({ kind: 'renamed', to })}
            />
            {work.now === 'another member' ? 'It is now' : 'It is now called'}
          </label>
          <select
            aria-label={`What ${label(nameBefore(work), 200)} is called now`}
            value={to}
            onChange={event => onAnswer({ kind: 'renamed', to: event.target.value })}
          >
            {candidates.map(path => (
              <option key={path} value={path}>
                {candidateText(today, path)}
              </option>
            ))}
          </select>
        </div>
      )}
      <label className="check">
        <input
          type="radio"
          name={name}
          aria-describedby={loss}
          checked={answer?.kind === 'discard'}
          onChange={() => onAnswer({ kind: 'discard' })}
        />
        Discard its stored work
      </label>
      <small id={loss}>{lossText(work)}</small>
    </fieldset>
  );
}

/** Titles need not be unique: the path says which. */
function candidateText(graph: Graph | undefined, path: string): string {
  const title = graph ? titleOf(graph, path) : path;
  return title === path ? label(path, 200) : `${label(title, 200)} (${label(path, 200)})`;
}
