import { label, titleLabel } from '../../model/shown-text.ts';
import { askToRerun, inspect } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { EditorLink } from '../../ui/editor-link.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { RunButton } from '../../ui/run-button.tsx';

/** The step that a run without failed batches failed with: the same row, and the same buttons, as a cause of failed batches has. */
export function FailedStep() {
  const graph = useStudio(state => state.detail?.graph);
  const error = useStudio(state => state.detail?.error);
  const status = useStudio(state => state.progress?.status);
  if (!error) return null;
  const { at, explain, message, step } = error;
  return (
    <div className="problem">
      <Glyph status="failed" />
      <b>1 step</b>
      <p>
        <code title={label(message, 2_000)}>{label(message, 300)}</code>
        <span className="muted">
          {at && (
            <>
              {' '}
              at <EditorLink at={at} />
            </>
          )}
          {graph && step !== undefined && <> in {titleLabel(graph, step)}</>}
          {explain && <> · {label(explain, 300)}</>}
        </span>
      </p>
      <Button
        small
        onClick={() => inspect(step === undefined ? { kind: 'run' } : { kind: 'node', path: step }, 'error')}
      >
        Show
      </Button>
      <span className="problem-actions">
        {status === 'failed' && (
          <RunButton small look="rerun" onClick={() => askToRerun({ select: 'failed' }, 'the failed step')}>
            Re-run it
          </RunButton>
        )}
      </span>
    </div>
  );
}
