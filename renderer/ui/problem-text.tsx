import type { Problem } from '../../host/api/api.ts';
import { CodeFrame } from './code-frame.tsx';

/** In a dialog: why what was asked cannot be done, with the code that it is about. */
export function ProblemText({ problem }: { problem: Problem }) {
  return (
    <div className="modal-problem" role="alert">
      <p className="wrong">{problem.message}</p>
      <CodeFrame problem={problem} />
    </div>
  );
}
