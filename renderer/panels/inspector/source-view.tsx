import { locationLabel } from '../../model/shown-text.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { openInEditor } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { WithHost } from '../../ui/with-host.tsx';

/** A file as it was when it ran, at a line. */
export function SourceView({
  run,
  session,
  at,
}: {
  run: number;
  session: number | undefined;
  at: { file: string; line: number } | undefined;
}) {
  const loaded = useLoad(
    at && session !== undefined ? () => api().getSource({ run, session, file: at.file }) : undefined,
    [run, session, at?.file],
  );
  if (!at || session === undefined) return <Empty>The source location is unknown.</Empty>;
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  if (!loaded.value) return <Empty>The file is not stored with this run.</Empty>;
  return (
    <div className="value">
      <p className="source-head">
        <code>{locationLabel(at)}</code>
        {loaded.value.changed && <span className="tone-retrying">changed since</span>}
        <WithHost>
          <Button small shortcut="E" onClick={() => void openInEditor(at.file, at.line)}>
            Open in editor
          </Button>
        </WithHost>
      </p>
      <CodeView text={loaded.value.text} language="ts" label={`Source ${locationLabel(at)}`} line={at.line} />
    </div>
  );
}
