import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright';

/*
 * A browser for tests: an installed Chromium or Chrome where there is one, else the one that the package
 * @sparticuz/chromium carries (Linux on x64), so that `npm test` needs no download of its own.
 */

export interface FoundBrowser {
  readonly executable: string;
  /** To be added to the environment it is started in. */
  readonly env: Readonly<Record<string, string>>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/google-chrome'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};
const CARRIED = fileURLToPath(new URL('../../node_modules/.cache/chromium/', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../node_modules/@sparticuz/chromium/', import.meta.url));

/** Why there is no browser here, in a sentence; undefined when there is one. For `describe.skipIf`, and to be said aloud. */
export const whyNoBrowser =
  installed() || canBeUnpacked()
    ? undefined
    : `No Chromium or Chrome was found (CHROME_PATH, the path, the usual places), and @sparticuz/chromium has none for ${process.platform}-${process.arch}.`;

let found: Promise<FoundBrowser> | undefined;

/** @throws when there is none: ask `whyNoBrowser` first */
export async function findBrowser(): Promise<FoundBrowser> {
  found ??= find();
  return await found;
}

/** A browser of the test's own. Close it. @param more Further switches */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const { executable, env } = await findBrowser();
  return await chromium.launch({
    executablePath: executable,
    // Containers give no user namespaces. The page draws on plain canvases: a graphics processor that is played by the
    // main one would only hold it up, for seconds.
    args: ['--no-sandbox', '--disable-gpu', ...more],
    env: { ...process.env, ...env } as Record<string, string>,
  });
}

async function find(): Promise<FoundBrowser> {
  const own = installed();
  if (own !== undefined) return { executable: own, env: {} };
  if (whyNoBrowser !== undefined) throw new Error(whyNoBrowser);
  const folder = await unpacked();
  // Without fonts of the machine's own, text would be boxes.
  const env = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: path.join(folder, 'fonts') };
  return { executable: path.join(folder, 'chromium'), env };
}

function installed(): string | undefined {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== '') return named;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap(folder => NAMES.map(name => path.join(folder, name + suffix)));
  return [...onPath, ...(PLACES[process.platform] ?? [])].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canBeUnpacked(): boolean {
  return process.platform === 'linux' && process.arch === 'x64' && existsSync(path.join(PACKAGE, 'bin', 'chromium.br'));
}

/**
 * The package unpacks into the temporary folder and takes what lies there for whole, so that of two tests that start
 * together one would run half a file. Here each unpacks into a folder of its own, and the first to finish names it.
 */
async function unpacked(): Promise<string> {
  const folder = path.join(CARRIED, 'unpacked');
  if (existsSync(folder)) return folder;
  const staging = path.join(CARRIED, `staging-${process.pid}`);
  await mkdir(staging, { recursive: true });
  const script = "await (await import('@sparticuz/chromium')).default.executablePath()";
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: path.dirname(PACKAGE),
    // Of the stand-in, which may be what runs this, it makes a Node.
    env: { ...process.env, TMPDIR: staging, ELECTRON_RUN_AS_NODE: '1' },
  });
  await rename(staging, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
