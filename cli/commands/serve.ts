import { existsSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { safe } from '../../common/safe-text.ts';
import { serve as serveHost } from '../../host/browser/serve.ts';
import { dataFolder } from '../../host/data-folder.ts';
import { createHost } from '../../host/host.ts';
import { parseArguments, text } from '../arguments.ts';
import { notBuilt, packageVersion } from '../package-root.ts';
import { packageRoot } from '../../engine/own-file.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { namedStore, workspaceFolder } from '../workspace-folder.ts';

const PAGE = path.join('out', 'renderer');

export async function serve(argv: readonly string[]): Promise<number> {
  const given = parseArguments(
    argv,
    'serve',
    undefined,
    { port: { type: 'string' }, trust: { type: 'boolean' } },
    'a folder',
  );
  const { port, json, trust } = given.values;
  return await serveFolder(workspaceFolder(given, 'serve'), {
    port: portOf(text(port)),
    json: json === true,
    trust: trust === true,
    store: namedStore(given),
  });
}

interface ServeFolder {
  readonly port: number;
  readonly json: boolean;
  /** For this launch. */
  readonly trust: boolean;
  /** The one that was named with `--store`. @default the project's own */
  readonly store: string | undefined;
}

/** Serves the app until a signal ends it. */
export async function serveFolder(folder: string, { port, json, trust, store }: ServeFolder): Promise<number> {
  const page = path.join(packageRoot, PAGE);
  if (!existsSync(path.join(page, 'index.html'))) throw new UsageError(notBuilt('The page', PAGE));
  // Libraries write to console.log, as launch-editor does of files by their names: that goes to standard error, without
  // what could move the terminal.
  console.log = (...said: unknown[]) => {
    process.stderr.write(`${safe(format(...said))}\n`);
  };
  const host = await createHost({
    folder,
    trustForThisLaunch: trust,
    store,
    shell: 'browser',
    dataFolder: dataFolder(),
    version: packageVersion(),
  });
  const served = await serveHost({ host, page, port }).catch(async (error: unknown) => {
    await host.close();
    throw error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      ? new UsageError(`Port ${port} is in use. Choose another with --port, or leave it out.`)
      : error;
  });
  // Before the address is told: whoever reads it may end this process at once.
  const toldToEnd = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  if (json) printEvent({ event: 'serving', folder, url: served.url });
  else process.stdout.write(servingText(folder, served.url));
  await toldToEnd;
  await served.close();
  await host.close();
  return 0;
}

function servingText(folder: string, url: string): string {
  return `Cronflow Studio shows ${safe(folder)}

  ${url}

Open the link in a browser on this machine. Press Ctrl-C to stop. You can resume runs that are still running then.
`;
}

function portOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${JSON.stringify(given)} is not a port. Give a number up to 65535.`);
  return port;
}
