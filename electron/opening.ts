import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { app, dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { z } from 'zod';
import { dataFolder } from '../host/data-folder.ts';
import { FolderTrust } from '../host/trust/folder-trust.ts';
import { makeWorkspace } from '../host/workspace/new-folder.ts';

/** A folder to be shown, and a file of it to begin with. */
export interface Opening {
  readonly folder: string;
  readonly file?: string | undefined;
  /** It was started with `--trust`. */
  readonly trustForThisLaunch?: boolean | undefined;
  /** The store of runs that it was started with: `--store=…`. */
  readonly store?: string | undefined;
}

const passedOn = z.object({
  opening: z
    .object({
      folder: z.string(),
      file: z.string().optional(),
      trustForThisLaunch: z.boolean().optional(),
      store: z.string().optional(),
    })
    .optional(),
});

/** What to open for a path that was named or dropped: a folder, or a workflow file, which opens the folder it lies in. */
export function openingOf(place: string, from: string): Opening | undefined {
  const named = path.resolve(from, place);
  const found = statSync(named, { throwIfNoEntry: false });
  if (!found) return undefined;
  const full = realpathSync(named);
  if (found.isDirectory()) return { folder: full };
  return found.isFile() && /\.[cm]?[jt]s$/.test(full)
    ? { folder: path.dirname(full), file: path.basename(full) }
    : undefined;
}

const STORE_OPTION = '--store=';

/** The path among the arguments of a start. Switches are Chromium's; in a checkout the first other argument is the app itself. */
function openingInArguments(argv: readonly string[], from: string): Opening | undefined {
  const [...places] = argv.slice(1).filter(argument => !argument.startsWith('-'));
  if (process.defaultApp) places.shift();
  const [place] = places;
  const opening = place === undefined ? undefined : openingOf(place, from);
  const store = argv.find(argument => argument.startsWith(STORE_OPTION))?.slice(STORE_OPTION.length);
  return (
    opening && {
      ...opening,
      ...(argv.includes('--trust') && { trustForThisLaunch: true }),
      ...(store !== undefined && { store: path.resolve(from, store) }),
    }
  );
}

/** Lets a person choose a folder; undefined when they cancel. */
export async function chooseFolder(title: string, window?: BrowserWindow): Promise<string | undefined> {
  const options: OpenDialogOptions = { title, properties: ['openDirectory', 'createDirectory'] };
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options);
  return canceled ? undefined : filePaths[0];
}

/** Asks what to show at the very first start. Nothing is opened or written without being asked for. */
export async function askForFirst(): Promise<Opening | undefined> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: app.getName(),
    message: 'Cronflow Studio shows a folder of workflow files.',
    detail: 'Open one that you have, or make a new one with a first workflow in it.',
    buttons: ['Open Folder…', 'New Folder…', 'Quit'],
    defaultId: 0,
    cancelId: 2,
  });
  if (response === 2) return undefined;
  const folder = await chooseFolder(
    response === 0 ? 'Open a folder of workflows' : 'Choose where the new workflows will be',
  );
  if (folder === undefined) return await askForFirst();
  if (response === 0) return { folder };
  // Where it cannot be stored that the folder is ours, the page asks.
  const { file } = await makeWorkspace(folder, new FolderTrust(dataFolder()), error => console.error(error));
  return { folder, file };
}

/**
 * Only one instance runs on the same settings, and so on the same runs. A second start hands over what it was to open, and ends.
 * Returns whether this is the first.
 */
export function isFirstInstance(opening: Opening | undefined): boolean {
  return app.requestSingleInstanceLock({ opening });
}

/** What this start was told to open. */
export function openingOfThisStart(): Opening | undefined {
  return openingInArguments(process.argv, process.cwd());
}

/** Hears later requests to open something: from another start, and from a file or folder dropped on the app's icon. */
export function setupFurtherOpenings(open: (opening: Opening | undefined) => void): void {
  app.on('second-instance', (_event, _argv, _from, data) => {
    const parsed = passedOn.safeParse(data);
    open(parsed.success ? parsed.data.opening : undefined);
  });
  app.on('open-file', (event, place) => {
    event.preventDefault();
    open(openingOf(place, process.cwd()));
  });
}
