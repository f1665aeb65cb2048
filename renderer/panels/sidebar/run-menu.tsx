import { ContextMenu } from '@base-ui/react/context-menu';
import { Menu } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import type { RunItem } from '../../../host/api/api.ts';
import { openDialog } from '../../stores/actions.ts';
import { copyMomentLink, copyRunLink } from '../../stores/copy-run-link.ts';
import { pinRun } from '../../stores/run-labels.ts';
import { useStudio } from '../../stores/studio.ts';
import { saveSetAside } from '../../stores/save-set-aside.ts';
import '../../ui/menu.css';
import './run-menu.css';

/** What can be done with a run of the list: by a right click, the menu key, or the button at the end of its row. */
export function RunMenu({ run, children }: { run: RunItem; children: ReactElement }) {
  return (
    <div className="run-row">
      <ContextMenu.Root>
        <ContextMenu.Trigger render={children} />
        <ContextMenu.Portal>
          <ContextMenu.Positioner className="menu-place">
            <ContextMenu.Popup className="menu">
              <Items run={run} />
            </ContextMenu.Popup>
          </ContextMenu.Positioner>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      <Menu.Root>
        {/* By keyboard it is reached with the menu key: the list is one tab stop. */}
        <Menu.Trigger className="row-menu" tabIndex={-1} aria-label={`More about run ${run.run}`} title="More">
          <span aria-hidden>⋯</span>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="menu-place" align="end">
            <Menu.Popup className="menu">
              <Items run={run} />
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}

function Items({ run }: { run: RunItem }) {
  const isAtMoment = useStudio(state => state.runId === run.run && state.past !== undefined);
  return (
    <>
      <Menu.Item className="menu-item" onClick={() => openDialog({ kind: 'label-run', item: run })}>
        Name and note…
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => void pinRun(run.run, run.pinned !== true)}>
        {run.pinned ? 'Unpin' : 'Pin'}
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => copyRunLink(run.run)}>
        Copy link
      </Menu.Item>
      {isAtMoment && (
        <Menu.Item className="menu-item" onClick={copyMomentLink}>
          Copy link to this moment
        </Menu.Item>
      )}
      {run.items.setAside > 0 && (
        <Menu.Item className="menu-item" onClick={() => void saveSetAside(run.run)}>
          Save items set aside…
        </Menu.Item>
      )}
      <Menu.Separator className="menu-line" />
      <Menu.Item
        className="menu-item tone-failed"
        disabled={run.status === 'running'}
        onClick={() => openDialog({ kind: 'delete-run', item: run })}
      >
        Delete…
      </Menu.Item>
    </>
  );
}
