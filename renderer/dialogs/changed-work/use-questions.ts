import { useState } from 'react';
import type { ChangedWork, Problem } from '../../../host/api/api.ts';
import { useTodaysGraph } from '../../hooks/use-todays-graph.ts';
import { answered, asked, NO_QUESTIONS, type Questions, type WorkAnswer } from '../../model/changed-work.ts';

export interface AskedQuestions {
  readonly questions: Questions;
  readonly answer: (work: ChangedWork, answer: WorkAnswer) => void;
  /** Asks what a refusal wants to know. Returns the problem where it is another one. */
  readonly take: (problem: Problem) => Problem | undefined;
}

/** The questions about changed nodes in a dialog. A workflow that changes meanwhile is another question: all are asked anew. */
export function useQuestions(first: readonly ChangedWork[] = []): AskedQuestions {
  const { version } = useTodaysGraph();
  const [state, setState] = useState({ version, questions: asked(NO_QUESTIONS, first) });
  const questionsIn = (before: typeof state) => (before.version === version ? before.questions : NO_QUESTIONS);
  const change = (next: (questions: Questions) => Questions) =>
    setState(before => ({ version, questions: next(questionsIn(before)) }));
  return {
    questions: questionsIn(state),
    answer: (work, answer) => change(questions => answered(questions, work, answer)),
    take: problem => {
      const { changed } = problem;
      if (changed === undefined) return problem;
      change(questions => asked(questions, changed));
      return undefined;
    },
  };
}
