import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArguments, text } from '../engine/cli/options.ts';
import { fromCaller } from '../engine/cli/places.ts';
import { UsageError } from '../engine/cli/usage.ts';
import { main as engineMain } from '../engine/cli.ts';
import { dataFolder } from './data-folder.ts';
import { createHost } from './host.ts';
import { serve } from './serve.ts';
import { scaffold } from './workspace.ts';

/*
 * The commands that bring up the app. The others are the engine's, which does not know that there is one.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), import.meta.url.endsWith('.ts') ? '..' : '../..');
const PAGE = path.join(root, 'out', 'renderer');

/** The command line: takes the arguments after `cronflow` and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || rest.includes('--help') || rest.includes('-h')) return engineMain(argv);
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

const commands: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  studio: async argv => {
    const { operand } = parseArguments(argv, 'studio', undefined, {}, 'a folder');
    const folder = folderOf(operand);
    const why = whyNoDesktop();
    if (why === undefined) return await openDesktop(folder);
    process.stdout.write(`${why} Showing the app in the browser instead.\n`);
    return await serveFolder(folder, 0);
  },

  serve: async argv => {
    const { operand, values } = parseArguments(argv, 'serve', undefined, { port: { type: 'string' } }, 'a folder');
    return await serveFolder(folderOf(operand), portOf(text(values.port)));
  },

  new: async argv => {
    const { operand } = parseArguments(argv, 'new', 'a folder');
    const folder = fromCaller(operand);
    const made = await scaffold(folder);
    process.stdout.write(`${made}\n`);
    return 0;
  },
};

async function serveFolder(folder: string, port: number): Promise<number> {
  if (!existsSync(path.join(PAGE, 'index.html'))) throw new UsageError('The page has not been built. Run: npm run build');
  const host = await createHost({ folder, shell: 'browser', dataFolder: dataFolder(), version: version() });
  const served = await serve({ host, page: PAGE, port }).catch(async (error: unknown) => {
    await host.close();
    throw error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? new UsageError(`Port ${port} is in use. Choose another with --port, or leave it out.`) : error;
  });
  process.stdout.write(`Cronflow Studio shows ${folder}\n\n  ${served.url}\n\nOpen the link in a browser on this machine. Ctrl-C ends it; runs that go on can be resumed.\n`);
  await new Promise<void>(resolve => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve()); });
  await served.close();
  await host.close();
  return 0;
}

/** Why the desktop app cannot be opened here, in a sentence; undefined when it can. */
function whyNoDesktop(): string | undefined {
  if (electronPath() === undefined) return "Electron's runtime is not here (its package fetches it at first start, from a host that may be out of reach; try: npx install-electron).";
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display.';
  if (!existsSync(mainScript())) return 'The desktop app has not been built (npm run build).';
  return undefined;
}

function electronPath(): string | undefined {
  if (process.env.STUDIO_ELECTRON) return process.env.STUDIO_ELECTRON;
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const pathFile = path.join(folder, 'path.txt');
    // Without asking the package itself, which would begin to download.
    const electron = existsSync(pathFile) ? path.join(folder, 'dist', readFileSync(pathFile, 'utf8')) : '';
    return electron !== '' && existsSync(electron) ? electron : undefined;
  } catch {
    return undefined; // Not installed at all.
  }
}

function mainScript(): string {
  return path.join(root, 'dist', 'electron', 'main.js');
}

async function openDesktop(folder: string): Promise<number> {
  const child = spawn(electronPath() ?? 'electron', [mainScript(), folder], { stdio: 'inherit' });
  return await new Promise(resolve => child.on('exit', code => resolve(code ?? 1)));
}

function folderOf(operand: string): string {
  const folder = fromCaller(operand === '' ? '.' : operand);
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}. Make a new workspace there with: cronflow new ${operand}`);
  mkdirSync(path.join(folder, '.cronflow'), { recursive: true });
  return folder;
}

function portOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--port ${JSON.stringify(given)} is not a port: it is a number up to 65535.`);
  return port;
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return own;
}
