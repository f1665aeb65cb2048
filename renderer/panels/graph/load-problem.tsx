import { useState } from 'react';
import type { Problem } from '../../../host/api/api.ts';
import { label, locationLabel } from '../../model/shown-text.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { openInEditor } from '../../stores/actions.ts';
import { CodeFrame } from '../../ui/code-frame.tsx';

interface Props {
  /** Relative to the workspace. */
  readonly file: string;
  readonly problem: Problem;
}

/** In the place of a graph: why there is none. */
export function LoadProblem({ file, problem }: Props) {
  return (
    <div className="graph-empty">
      <div className="empty-card load-problem" role="alert">
        <h2>
          <Glyph status="failed" silent />
          {label(file)} does not load
        </h2>
        <p className="load-message">{problem.message}</p>
        <CodeFrame problem={problem} />
        <footer>
          <EditButton file={file} problem={problem} />
          <span>After you save the file, its graph appears here.</span>
        </footer>
      </div>
    </div>
  );
}

/** Above the graph of before. */
export function LoadBanner({ file, problem }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div className="load-banner" role="alert">
      <p>
        <Glyph status="failed" silent />
        <b>{label(file)} no longer loads.</b> The graph shows the last version that loaded.{' '}
        <span className="load-message">{problem.message.split('\n')[0]}</span>
      </p>
      {problem.codeFrame && (
        <Button small look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the code' : 'Show the code'}
        </Button>
      )}
      <EditButton file={file} problem={problem} />
      {open && <CodeFrame problem={problem} />}
    </div>
  );
}

function EditButton({ file, problem }: Props) {
  const at =
    problem.file !== undefined && problem.line !== undefined
      ? locationLabel({ file: problem.file, line: problem.line })
      : label(file);
  return (
    <Button small onClick={() => void openInEditor(problem.file ?? file, problem.line, problem.column)}>
      Open {at}
    </Button>
  );
}
