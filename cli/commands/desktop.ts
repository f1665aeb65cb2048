import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asTyped } from '../hints.ts';
import { notBuilt } from '../package-root.ts';
import { packageRoot } from '../../engine/own-file.ts';

const MAIN = path.join('dist', 'electron', 'main.js');
const FETCH_WITHIN_MS = 180_000;

/** Electron's program, or why the desktop app cannot be opened here, in a sentence or two. */
export type Desktop = { readonly electron: string } | { readonly why: string };

/**
 * Finds out whether the desktop app can be opened. Fetches Electron's runtime where its package is installed and its
 * runtime is missing.
 */
export async function findDesktop(say: (text: string) => void): Promise<Desktop> {
  if (!existsSync(path.join(packageRoot, MAIN))) return { why: notBuilt('The desktop app', MAIN) };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { why: 'There is no display.' };
  if (process.env.STUDIO_ELECTRON) return { electron: process.env.STUDIO_ELECTRON };
  const folder = electronFolder();
  if (folder === undefined) return { why: 'Electron is not installed here.' };
  const electron = runtimeIn(folder);
  if (electron !== undefined) return { electron };
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD)
    return { why: "Electron's runtime is missing, and ELECTRON_SKIP_BINARY_DOWNLOAD forbids fetching it." };
  say(asTyped("Fetching Electron's runtime. This happens only once. To use the browser instead: cronflow serve"));
  const problem = await fetchRuntime(folder);
  const fetched = runtimeIn(folder);
  return fetched === undefined
    ? { why: `Electron's runtime could not be fetched${problem === undefined ? '' : ` (${problem})`}.` }
    : { electron: fetched };
}

interface Options {
  /** For this launch. */
  readonly trust: boolean;
  /** The one that was named with `--store`. */
  readonly store: string | undefined;
}

/** Opens the desktop app, and returns its exit code when it has ended. */
export async function openDesktop(electron: string, folder: string, { trust, store }: Options): Promise<number> {
  // Set in the terminals of editors that are Electron apps themselves, it would make a Node of it.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const child = spawn(
    electron,
    [packageRoot, folder, ...(trust ? ['--trust'] : []), ...(store === undefined ? [] : [`--store=${store}`])],
    { stdio: 'inherit', env },
  );
  // A terminal sends Ctrl-C to the app as well, which then closes its runs: we wait for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

function electronFolder(): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

/** Looked up without asking the package, which would begin to download. */
function runtimeIn(folder: string): string | undefined {
  const pathFile = path.join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const electron = path.join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(electron) ? electron : undefined;
}

/** Resolves with the first line of what the installer said when it failed. */
async function fetchRuntime(folder: string): Promise<string | undefined> {
  const child = spawn(process.execPath, [path.join(folder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_WITHIN_MS,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise(resolve => {
    child.on('error', () => resolve(undefined));
    child.on('close', resolve);
  });
  return code === 0
    ? undefined
    : said
        .split('\n')
        .find(line => /\S/.test(line))
        ?.trim();
}
