import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Workspace } from '../host/api/api.ts';
import type { Host } from '../host/host.ts';
import { THEMES, VIEWS, type AppCommand } from '../host/api/app-command.ts';
import { chooseFolder } from './opening.ts';
import { onHostEvent } from './pipe.ts';
import type { StudioWindow } from './studio-window.ts';
import type { WorkspaceSwitch } from './workspace-switch.ts';

/** What the menu does beside its roles, which Electron does by itself. */
interface MenuActions {
  readonly ask: (command: AppCommand) => void;
  readonly openFolder: () => void;
  readonly openRecent: (token: string) => void;
}

/** The native menu. It is built again when the list of recent folders changes, because Electron's menus cannot change. */
export function setupMenu(host: Host, studio: StudioWindow, workspaces: WorkspaceSwitch): void {
  const actions: MenuActions = {
    ask: command => {
      studio.show();
      studio.ask(command);
    },
    openFolder: () =>
      void chooseFolder('Open a folder of workflows', studio.window).then(async folder => {
        if (folder !== undefined) await workspaces.open({ folder });
      }),
    openRecent: token => void workspaces.openRecent(token),
  };
  let shown = '';
  const show = ({ recent, folder }: Pick<Workspace, 'recent' | 'folder'>) => {
    const others = recent.filter(other => other.folder !== folder);
    const key = JSON.stringify(others);
    if (key !== shown) Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, others)));
    shown = key;
  };
  show({ recent: [], folder: '' });
  void host.api.getWorkspace({}).then(show);
  onHostEvent(host, 'onWorkspace', show);
}

function menuTemplate(
  { ask, openFolder, openRecent }: MenuActions,
  recent: Workspace['recent'],
): MenuItemConstructorOptions[] {
  const isMac = process.platform === 'darwin';
  const asks = (command: AppCommand, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id: Object.values(command).join(':'),
    label,
    click: () => ask(command),
    ...(accelerator !== undefined && { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        asks({ kind: 'new-workflow' }, 'New Workflow…', 'CmdOrCtrl+N'),
        { id: 'open-folder', label: 'Open Folder…', accelerator: 'CmdOrCtrl+O', click: openFolder },
        {
          id: 'open-recent',
          label: 'Open Recent',
          enabled: recent.length > 0,
          submenu: recent.map(({ token, folder }) => ({
            label: folder.replaceAll('&', '&&'),
            click: () => openRecent(token),
          })),
        },
        separator,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Run',
      submenu: [asks({ kind: 'run' }, 'Run Workflow…'), asks({ kind: 'rerun-failed' }, 'Re-run Failed Batches…')],
    },
    {
      label: '&View',
      submenu: [
        asks({ kind: 'palette' }, 'Command Palette…'),
        separator,
        ...VIEWS.map(view => asks({ kind: 'view', view }, capitalised(view))),
        asks({ kind: 'present' }, 'Present'),
        separator,
        {
          id: 'theme',
          label: 'Theme',
          submenu: THEMES.map(theme => asks({ kind: 'theme', theme }, capitalised(theme))),
        },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [asks({ kind: 'help' }, 'Keys and Help'), ...(isMac ? [] : [{ role: 'about' } as const])],
    },
  ];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
