import type { Graph } from '../../../host/api/api.ts';
import { locationLabel } from '../../model/shown-text.ts';
import { openInEditor } from '../../stores/actions.ts';
import { Button } from '../../ui/button.tsx';
import { WithHost } from '../../ui/with-host.tsx';

/** Above the graph: what of the file has no effect, or another one, where its author may rely on it. */
export function Notices({ graph: { notices = [] } }: { graph: Graph }) {
  return notices.map(({ text, at }, index) => (
    <div key={index} className="load-banner" role="note">
      <p>{text}</p>
      {at && (
        <WithHost>
          <Button small onClick={() => void openInEditor(at.file, at.line, at.column)}>
            Open {locationLabel(at)}
          </Button>
        </WithHost>
      )}
    </div>
  ));
}
