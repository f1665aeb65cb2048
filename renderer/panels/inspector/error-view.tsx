import { useMemo } from 'react';
import { counted } from '../../../common/format.ts';
import { dedent } from '../../model/dedent.ts';
import { framesOf, type ErrorFrames } from '../../model/error-frames.ts';
import { errorMarkdown } from '../../model/error-markdown.ts';
import { label, locationLabel, titleLabel } from '../../model/shown-text.ts';
import type { StoredError, StoredReason } from '../../../host/api/api.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { openInEditor } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { LineValues } from './line-values.tsx';
import { PinItem } from './pin-item.tsx';
import { Frames, OtherFrames } from './error-stack.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { WithHost } from '../../ui/with-host.tsx';

const AROUND = 4;
/** A message of so many characters may have to be scrolled, also by the keyboard. */
const SCROLLS = 300;
const SCROLLED = { tabIndex: 0, role: 'group', 'aria-label': 'Message of the error' } as const;

/** An error with the code around the line that failed, as it was when it ran. */
export function ErrorView({
  run,
  session,
  error,
  isPast = false,
  scope,
}: {
  run: number;
  session: number | undefined;
  error: StoredError;
  isPast?: boolean;
  /** Of the batch that failed with it. */
  scope?: number | undefined;
}) {
  const { at } = error;
  const code = useCodeAround(run, session, at);
  const where = useStudio(whereInspected);
  const frames = useMemo(() => framesOf(error), [error]);
  return (
    <div className="error-view">
      {isPast && <p className="muted">An earlier attempt failed with this error. The batch has succeeded since.</p>}
      {error.explain && <p className="error-explain">{error.explain}</p>}
      <div className="error-card">
        <p className="error-message" {...(error.message.length > SCROLLS && SCROLLED)}>
          <b>{error.name === 'Error' ? '' : `${error.name}: `}</b>
          {error.message}
        </p>
        {code && <Frame code={code} />}
      </div>
      {scope !== undefined && !isPast && (
        <WithHost>
          <LineValues run={run} scope={scope} error={error} />
          <PinItem run={run} scope={scope} error={error} />
        </WithHost>
      )}
      <p className="error-place">
        {at && (
          <>
            {locationLabel(at)}
            <WithHost>
              <Button small onClick={() => void openInEditor(at.file, at.line, at.column)} shortcut="E">
                Open in editor
              </Button>
            </WithHost>
          </>
        )}
        <CopyButton text={() => errorMarkdown(error, { where, code })}>Copy as Markdown</CopyButton>
      </p>
      <Fields fields={error.fields} />
      <Frames frames={frames.of.get(error)} />
      <Reasons reason={error} frames={frames} />
      <OtherFrames rest={frames.rest} />
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

interface ReasonProps {
  readonly reason: StoredReason;
  readonly frames: ErrorFrames;
}

/** The whole chain of causes, and the members of AggregateErrors. */
function Reasons({ reason: { cause, errors }, frames }: ReasonProps) {
  return (
    <>
      {errors && (
        <details open>
          <summary>{counted(errors.length, ['error', 'errors'])} at once</summary>
          {errors.map((member, index) => (
            <Reason key={index} reason={member} frames={frames} />
          ))}
        </details>
      )}
      {cause && (
        <details open>
          <summary>Caused by</summary>
          <Reason reason={cause} frames={frames} />
        </details>
      )}
    </>
  );
}

function Reason({ reason, frames }: ReasonProps) {
  return (
    <div className="error-reason">
      <p className="error-message">
        {reason.name}: {reason.message}
      </p>
      <Fields fields={reason.fields} />
      <Frames frames={frames.of.get(reason)} />
      <Reasons reason={reason} frames={frames} />
    </div>
  );
}

interface CodeAround {
  readonly text: string;
  readonly firstLine: number;
  readonly line: number;
  readonly column: number;
  /** The file is another one by now. */
  readonly isChanged: boolean;
}

/** The code around the line that failed, as it was when it ran; undefined until it is there, and where nobody knows it. */
function useCodeAround(run: number, session: number | undefined, at: StoredError['at']): CodeAround | undefined {
  const isKnown = at !== undefined && session !== undefined;
  const loaded = useLoad(isKnown ? () => api().getSource({ run, session, file: at.file }) : undefined, [
    run,
    session,
    at?.file,
  ]);
  if (!at || loaded.state !== 'loaded' || !loaded.value) return undefined;
  const lines = loaded.value.text.split('\n');
  const firstLine = Math.max(1, at.line - AROUND);
  const { text, removed } = dedent(lines.slice(firstLine - 1, at.line + AROUND));
  return { text, firstLine, line: at.line, column: at.column - removed, isChanged: loaded.value.changed };
}

function Frame({ code: { text, firstLine, line, column, isChanged } }: { code: CodeAround }) {
  return (
    <>
      <CodeView
        text={text}
        language="ts"
        label={`Code around line ${line}`}
        line={line}
        column={column}
        firstLine={firstLine}
        grow
      />
      {isChanged && <p className="error-changed">The file has changed since. A re-run uses the new code.</p>}
    </>
  );
}

/** `run 4 of Clean up the film list, batch 17 of Clean the films` */
function whereInspected({ runId, detail, inspected, progress }: StudioState): string {
  const where = `run ${runId} of ${detail?.item.name ?? ''}`;
  if (!detail || inspected.kind === 'run') return where;
  if (inspected.kind === 'node') return `${where}, ${titleLabel(detail.graph, inspected.path)}`;
  const path = progress?.nodes.find(({ node }) => node === inspected.node)?.path;
  return `${where}, batch ${inspected.index}${path === undefined ? '' : ` of ${titleLabel(detail.graph, path)}`}`;
}
