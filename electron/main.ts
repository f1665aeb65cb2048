import { app, dialog } from 'electron';
import { dataFolder } from '../host/data-folder.ts';
import { takeQueuesOfEnvironment } from '../host/queue-of-environment.ts';
import { createHost, type Host } from '../host/host.ts';
import { Recents } from '../host/workspace/recents.ts';
import { registerAppScheme, setupAppScheme } from './app-scheme.ts';
import { setupNavigation, setupPermissions } from './guards.ts';
import { setupIdentity } from './identity.ts';
import { QuitController } from './quit-controller.ts';
import { setupMenu } from './menu.ts';
import { setupNotifications } from './notifications.ts';
import {
  askForFirst,
  isFirstInstance,
  openingOf,
  requestOfThisStart,
  setupFurtherRequests,
  setupLinks,
  type Opening,
  type OpenRequest,
} from './opening.ts';
import { setupPipe } from './pipe.ts';
import { StudioWindow } from './studio-window.ts';
import { WorkspaceSwitch } from './workspace-switch.ts';

/* The desktop app's start, as a table of contents. */

setupIdentity(); // Before anything asks where settings are kept.
registerAppScheme(); // Electron takes this before it is ready only.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox(); // Whatever has a page in it, and not our window only.

const request = requestOfThisStart();
if (isFirstInstance(request)) void app.whenReady().then(start).catch(giveUp);
else app.quit();

async function start(): Promise<void> {
  const later = requestsMeanwhile(); // On a Mac, what was dropped on the icon to start us comes as an event.
  setupLinks();
  setupAppScheme();
  setupPermissions();
  setupNavigation();

  const begun = await beginWith(request?.kind === 'opening' ? request.opening : await lastOpening());
  if (!begun) return app.quit();
  const { host, first } = begun;
  setupPipe(host);
  const studio = new StudioWindow(window => leaving.watch(window));
  const leaving = new QuitController(host, studio);
  const workspaces = new WorkspaceSwitch(host, studio, (await host.api.getWorkspace({})).folder);
  setupMenu(host, studio, workspaces);
  setupNotifications(host, studio);
  later.goTo(request => {
    if (request) void workspaces.take(request);
    else studio.show();
  });
  app.on('activate', () => studio.show());

  if (first.file !== undefined) studio.ask({ kind: 'open-file', file: first.file });
  studio.show(); // Last: the page finds all of the above in place.
  if (request?.kind === 'link') await workspaces.take(request);
}

/** Opens a folder; where it cannot be opened, or there is none, one that a person chooses. */
async function beginWith(wanted: Opening | undefined): Promise<{ host: Host; first: Opening } | undefined> {
  let queues: ReturnType<typeof takeQueuesOfEnvironment>;
  for (let first = wanted ?? (await askForFirst()); first; first = await askForFirst()) {
    try {
      // The first time takes it out of the environment.
      queues ??= takeQueuesOfEnvironment();
      return {
        first,
        host: await createHost({
          folder: first.folder,
          trustForThisLaunch: first.trustForThisLaunch,
          store: first.store,
          queues,
          shell: 'electron',
          dataFolder: dataFolder(),
          version: app.getVersion(),
        }),
      };
    } catch (error) {
      dialog.showErrorBox('The folder could not be opened', error instanceof Error ? error.message : String(error));
    }
  }
  return undefined;
}

/** Requests to open something that arrive before startup has finished are queued. */
function requestsMeanwhile(): { goTo(open: (request: OpenRequest | undefined) => void): void } {
  const waiting: (OpenRequest | undefined)[] = [];
  let handle = (request: OpenRequest | undefined): void => {
    waiting.push(request);
  };
  setupFurtherRequests(request => handle(request));
  return {
    goTo: open => {
      handle = open;
      for (const request of waiting) open(request);
    },
  };
}

/** The folder that was open last, where it is still there. */
async function lastOpening(): Promise<Opening | undefined> {
  const [last] = (await Recents.read(dataFolder())).list();
  return last && openingOf(last.folder, '/');
}

function giveUp(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  console.error(error);
  dialog.showErrorBox('Cronflow Studio could not start', why);
  app.exit(1);
}
