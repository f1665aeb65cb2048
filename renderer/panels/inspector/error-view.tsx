import { locationLabel } from '../../model/shown-text.ts';
import type { StoredError } from '../../../host/api/api.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { Button } from '../../ui/button.tsx';
import { openInEditor } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useLoad } from '../../hooks/use-load.ts';

const AROUND = 4;

/** An error with the code around the line that failed, as it was when it ran. */
export function ErrorView({
  run,
  session,
  error,
  isPast = false,
}: {
  run: number;
  session: number | undefined;
  error: StoredError;
  isPast?: boolean;
}) {
  const { at } = error;
  return (
    <div className="error-view">
      {isPast && <p className="muted">An earlier attempt failed with this error. The batch has succeeded since.</p>}
      <div className="error-card">
        <p className="error-message">
          <b>{error.name === 'Error' ? '' : `${error.name}: `}</b>
          {error.message}
        </p>
        {at && session !== undefined && <Frame run={run} session={session} at={at} />}
      </div>
      {error.explain && <p className="error-explain">{error.explain}</p>}
      {at && (
        <p className="error-place">
          {locationLabel(at)}{' '}
          <Button small onClick={() => void openInEditor(at.file, at.line, at.column)} shortcut="E">
            Open in editor
          </Button>
        </p>
      )}
      {error.stack && (
        <details>
          <summary>Stack</summary>
          <pre>{error.stack}</pre>
        </details>
      )}
      {error.cause && (
        <details open>
          <summary>Caused by</summary>
          <p className="error-message">
            {error.cause.name}: {error.cause.message}
          </p>
        </details>
      )}
    </div>
  );
}

function Frame({ run, session, at }: { run: number; session: number; at: NonNullable<StoredError['at']> }) {
  const loaded = useLoad(() => api().getSource({ run, session, file: at.file }), [run, session, at.file]);
  if (loaded.state !== 'loaded' || !loaded.value) return null;
  const lines = loaded.value.text.split('\n');
  const first = Math.max(1, at.line - AROUND);
  return (
    <>
      <CodeView
        text={lines.slice(first - 1, at.line + AROUND).join('\n')}
        language="ts"
        label={`Code around line ${at.line}`}
        line={at.line}
        firstLine={first}
        grow
      />
      {loaded.value.changed && <p className="error-changed">The file has changed since. A re-run uses the new code.</p>}
    </>
  );
}
