import { counted } from '../../../common/format.ts';
import { dedent } from '../../model/dedent.ts';
import { label, locationLabel } from '../../model/shown-text.ts';
import type { StoredError, StoredReason } from '../../../host/api/api.ts';
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
      {error.explain && <p className="error-explain">{error.explain}</p>}
      <div className="error-card">
        <p className="error-message">
          <b>{error.name === 'Error' ? '' : `${error.name}: `}</b>
          {error.message}
        </p>
        {at && session !== undefined && <Frame run={run} session={session} at={at} />}
      </div>
      {at && (
        <p className="error-place">
          {locationLabel(at)}{' '}
          <Button small onClick={() => void openInEditor(at.file, at.line, at.column)} shortcut="E">
            Open in editor
          </Button>
        </p>
      )}
      <Fields fields={error.fields} />
      <Reasons reason={error} />
      {error.stack && (
        <details>
          <summary>Stack</summary>
          <pre>{error.stack}</pre>
        </details>
      )}
    </div>
  );
}

/** What a driver or an HTTP library knows of the error. */
function Fields({ fields }: Pick<StoredError, 'fields'>) {
  if (!fields) return null;
  return (
    <dl className="error-fields" aria-label="Fields of the error">
      {Object.entries(fields).map(([key, value]) => (
        <div key={key}>
          <dt>{label(key, 100)}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The whole chain of causes, and the members of AggregateErrors. */
function Reasons({ reason: { cause, errors } }: { reason: StoredReason }) {
  return (
    <>
      {errors && (
        <details open>
          <summary>{counted(errors.length, ['error', 'errors'])} at once</summary>
          {errors.map((member, index) => (
            <Reason key={index} reason={member} />
          ))}
        </details>
      )}
      {cause && (
        <details open>
          <summary>Caused by</summary>
          <Reason reason={cause} />
        </details>
      )}
    </>
  );
}

function Reason({ reason }: { reason: StoredReason }) {
  return (
    <div className="error-reason">
      <p className="error-message">
        {reason.name}: {reason.message}
      </p>
      <Fields fields={reason.fields} />
      <Reasons reason={reason} />
    </div>
  );
}

function Frame({ run, session, at }: { run: number; session: number; at: NonNullable<StoredError['at']> }) {
  const loaded = useLoad(() => api().getSource({ run, session, file: at.file }), [run, session, at.file]);
  if (loaded.state !== 'loaded' || !loaded.value) return null;
  const lines = loaded.value.text.split('\n');
  const first = Math.max(1, at.line - AROUND);
  const shown = dedent(lines.slice(first - 1, at.line + AROUND));
  return (
    <>
      <CodeView
        text={shown.text}
        language="ts"
        label={`Code around line ${at.line}`}
        line={at.line}
        column={at.column - shown.removed}
        firstLine={first}
        grow
      />
      {loaded.value.changed && <p className="error-changed">The file has changed since. A re-run uses the new code.</p>}
    </>
  );
}
