import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { parseArguments, text, type Arguments } from './options.ts';
import { asTyped } from './hints.ts';
import { toJson } from './json.ts';
import { fromCaller, toCaller } from './caller-paths.ts';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage.ts';
import { safe } from '../common/safe-text.ts';
import { dataFolder } from '../host/data-folder.ts';
import { makeFolderInside } from '../engine/inside-folder.ts';
import { openDesktop, readyDesktop } from './desktop.ts';
import { createHost } from '../host/host.ts';
import { serve } from '../host/browser/serve.ts';
import { FolderTrust } from '../host/trust/folder-trust.ts';
import { makeWorkspace } from '../host/workspace/new-folder.ts';
import { problemOf } from '../host/api/outcomes.ts';

const root = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  import.meta.url.endsWith('.ts') ? '..' : '../..',
);
const PAGE = path.join(root, 'out', 'renderer');

const TRUST = { trust: { type: 'boolean' } } as const;

/** Each command takes its arguments and returns the exit code. */
export const appCommands = {
  /** The app; in the browser where there is no Electron or no display. */
  studio: async (argv: readonly string[]): Promise<number> => {
    const { operand, values } = parseArguments(argv, 'studio', undefined, TRUST, 'a folder');
    const folder = folderOf(operand, values, 'studio');
    const trust = values.trust === true;
    // With --json, standard output carries nothing else.
    const say = (text: string) => (values.json === true ? process.stderr : process.stdout).write(`${text}\n`);
    const desktop = await readyDesktop(root, say);
    if ('why' in desktop) {
      say(`${desktop.why} Showing the app in the browser instead.`);
      return await serveFolder(folder, { port: 0, json: values.json === true, trust });
    }
    return await openDesktop(desktop.electron, root, folder, trust);
  },

  serve: async (argv: readonly string[]): Promise<number> => {
    const { operand, values } = parseArguments(
      argv,
      'serve',
      undefined,
      { port: { type: 'string' }, ...TRUST },
      'a folder',
    );
    return await serveFolder(folderOf(operand, values, 'serve'), {
      port: portOf(text(values.port)),
      json: values.json === true,
      trust: values.trust === true,
    });
  },

  new: async (argv: readonly string[]): Promise<number> => {
    const { operand, values } = parseArguments(argv, 'new', 'a folder');
    const folder = fromCaller(operand);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
      throw new UsageError(`${folder} is a file. cronflow new takes a folder.`);
    const made = await makeWorkspace(folder, new FolderTrust(dataFolder()), error => {
      process.stderr.write(
        `${safe(`Cronflow cannot store that it made this folder, so the Studio will ask whether you trust it: ${problemOf(error).message}`)}\n`,
      );
    });
    if (values.json === true) process.stdout.write(`${toJson({ event: 'made', ...made })}\n`);
    else {
      const hints = `Run it with: cronflow run ${shellWord(toCaller(path.join(made.folder, made.file)))}\nSee it with: cronflow studio ${shellWord(toCaller(made.folder))}`;
      process.stdout.write(
        `${made.written.map(file => `  ${safe(toCaller(path.join(made.folder, file)))}\n`).join('')}\n${asTyped(hints)}\n`,
      );
    }
    return 0;
  },
};

interface ServeFolder {
  readonly port: number;
  readonly json: boolean;
  /** For this launch. */
  readonly trust: boolean;
}

async function serveFolder(folder: string, { port, json, trust }: ServeFolder): Promise<number> {
  if (!existsSync(path.join(PAGE, 'index.html')))
    throw new UsageError('The page has not been built. Run: npm run build');
  // What a library has to say, as launch-editor does of files by their names, goes with the messages, and as it may be shown.
  console.log = (...said: unknown[]) => {
    process.stderr.write(`${safe(format(...said))}\n`);
  };
  const host = await createHost({
    folder,
    trustForThisLaunch: trust,
    shell: 'browser',
    dataFolder: dataFolder(),
    version: version(),
  });
  const served = await serve({ host, page: PAGE, port }).catch(async (error: unknown) => {
    await host.close();
    throw error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      ? new UsageError(`Port ${port} is in use. Choose another with --port, or leave it out.`)
      : error;
  });
  // Before the address is told: whoever reads it may end this at once.
  const toldToEnd = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  if (json) process.stdout.write(`${toJson({ event: 'serving', folder, url: served.url })}\n`);
  else
    process.stdout.write(
      `Cronflow Studio shows ${safe(folder)}\n\n  ${served.url}\n\nOpen the link in a browser on this machine. Ctrl-C ends it; runs that go on can be resumed.\n`,
    );
  await toldToEnd;
  await served.close();
  await host.close();
  return 0;
}

function folderOf(operand: string, values: Arguments['values'], command: string): string {
  if (values.store !== undefined)
    throw new UsageError(
      `cronflow ${command} shows a folder with the runs that are kept in it, in .cronflow/runs.db: it takes no --store.`,
    );
  const folder = fromCaller(operand === '' ? '.' : operand);
  if (!existsSync(folder))
    throw new UsageError(
      `There is no folder ${folder}. Make a new workspace there with: cronflow new ${shellWord(operand)}`,
    );
  if (!statSync(folder).isDirectory())
    throw new UsageError(
      `${folder} is a file. cronflow ${command} takes the folder it lies in: ${shellWord(toCaller(path.dirname(folder)))}`,
    );
  makeFolderInside(folder, '.cronflow');
  return folder;
}

function portOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${JSON.stringify(given)} is not a port: it is a number up to 65535.`);
  return port;
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return own;
}
