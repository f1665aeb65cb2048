import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { app, dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { z } from 'zod';
import { APP_SCHEME, appLinkOf, type AppLink } from '../common/app-link.ts';
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

/** What a start, another start, the system or a link asks for. */
export type OpenRequest =
  | { readonly kind: 'opening'; readonly opening: Opening }
  /** A link can come from anywhere, a web page too: it opens no folder by itself that was not opened here before. */
  | { readonly kind: 'link'; readonly link: AppLink };

const passedOn = z.object({
  request: z
    .union([
      z.object({
        kind: z.literal('opening'),
        opening: z.object({
          folder: z.string(),
          file: z.string().optional(),
          trustForThisLaunch: z.boolean().optional(),
          store: z.string().optional(),
        }),
      }),
      z.object({
        kind: z.literal('link'),
        link: z.object({ address: z.string(), folder: z.string().optional() }),
      }),
    ])
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

/**
 * What a start was told to open: a path, or a link. Switches are Chromium's; in a checkout the first other argument is the
 * app itself.
 */
function requestInArguments(argv: readonly string[], from: string): OpenRequest | undefined {
  const [...places] = argv.slice(1).filter(argument => !argument.startsWith('-'));
  if (process.defaultApp) places.shift();
  const [place] = places;
  if (place === undefined) return undefined;
  const link = appLinkOf(place);
  if (link) return { kind: 'link', link };
  const opening = openingOf(place, from);
  const store = argv.find(argument => argument.startsWith(STORE_OPTION))?.slice(STORE_OPTION.length);
  return (
    opening && {
      kind: 'opening',
      opening: {
        ...opening,
        ...(argv.includes('--trust') && { trustForThisLaunch: true }),
        ...(store !== undefined && { store: path.resolve(from, store) }),
      },
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
export function isFirstInstance(request: OpenRequest | undefined): boolean {
  return app.requestSingleInstanceLock({ request });
}

/** What this start was told to open. */
export function requestOfThisStart(): OpenRequest | undefined {
  return requestInArguments(process.argv, process.cwd());
}

/** Has the system bring links to the app. In a checkout it would bring them to Electron itself. */
export function setupLinks(): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(APP_SCHEME);
}

/** Hears later requests to open something: from another start, from a link, and from what is dropped on the app's icon. */
export function setupFurtherRequests(open: (request: OpenRequest | undefined) => void): void {
  app.on('second-instance', (_event, _argv, _from, data) => {
    const parsed = passedOn.safeParse(data);
    open(parsed.success ? parsed.data.request : undefined);
  });
  app.on('open-file', (event, place) => {
    event.preventDefault();
    const opening = openingOf(place, process.cwd());
    open(opening && { kind: 'opening', opening });
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = appLinkOf(url);
    open(link && { kind: 'link', link });
  });
}
