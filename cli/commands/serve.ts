import { existsSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { safe } from '../../common/safe-text.ts';
import { serve as serveHost } from '../../host/browser/serve.ts';
import { dataFolder } from '../../host/data-folder.ts';
import { createHost, type Host } from '../../host/host.ts';
import type { LaunchQueues } from '../../host/workspace/folder-queue.ts';
import { listenForWebhooks, type Webhooks } from '../../host/triggers/webhooks.ts';
import { parseArguments, text, type Arguments } from '../arguments.ts';
import { QUEUE_OPTION, queuesOf } from '../queue-option.ts';
import { readServeAddress, SERVE_ADDRESS_OPTIONS, type ServeAddress } from '../serve-address.ts';
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
    {
      port: { type: 'string' },
      trust: { type: 'boolean' },
      triggers: { type: 'boolean' },
      'webhook-port': { type: 'string' },
      'webhook-host': { type: 'string' },
      ...QUEUE_OPTION,
      ...SERVE_ADDRESS_OPTIONS,
    },
    'a folder',
  );
  const { port, json, trust } = given.values;
  const triggers = triggersOf(given.values);
  const folder = workspaceFolder(given, 'serve');
  return await serveFolder(folder, {
    port: portOf(text(port)),
    json: json === true,
    trust: trust === true,
    triggers,
    store: namedStore(given),
    queues: await queuesOf(given.values, folder),
    address: await readServeAddress(given.values),
  });
}

/** Where webhooks are received. */
interface WebhookAddress {
  readonly port: number;
  /** @default this machine only */
  readonly host: string | undefined;
}

/** As Cronflow's own server has it. */
const WEBHOOK_PORT = 3000;

function triggersOf({ triggers, ...values }: Arguments['values']): WebhookAddress | undefined {
  const port = text(values['webhook-port']);
  const host = text(values['webhook-host']);
  if (triggers === true) return { port: port === undefined ? WEBHOOK_PORT : portOf(port, '--webhook-port'), host };
  if (port !== undefined || host !== undefined)
    throw new UsageError('--webhook-port and --webhook-host go with --triggers.');
  return undefined;
}

interface ServeFolder {
  readonly port: number;
  readonly json: boolean;
  /** For this launch. */
  readonly trust: boolean;
  /** Its triggers fire, and webhooks are received there. @default they do not */
  readonly triggers?: WebhookAddress | undefined;
  /** The one that was named with `--store`. @default the project's own */
  readonly store: string | undefined;
  readonly queues: LaunchQueues;
  /** @default this machine only, with a token of this launch */
  readonly address?: ServeAddress | undefined;
}

/** Serves the app until a signal ends it. */
export async function serveFolder(
  folder: string,
  { port, json, trust, triggers, store, queues, address = {} }: ServeFolder,
): Promise<number> {
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
    fires: triggers !== undefined,
    store,
    queues,
    shell: 'browser',
    dataFolder: dataFolder(),
    version: packageVersion(),
  });
  const { token, host: listensOn, publicUrl } = address;
  const served = await serveHost({
    host,
    page,
    port,
    address: listensOn,
    publicUrl,
    token,
    // A token that somebody keeps is not to stand in logs.
    signIn: token !== undefined,
  }).catch(async (error: unknown) => {
    await host.close();
    throw notListening(error, port, listensOn);
  });
  const webhooks =
    triggers &&
    (await listen(host, triggers).catch(async (error: unknown) => {
      await served.close();
      await host.close();
      throw notListening(error, triggers.port, triggers.host);
    }));
  // Before the address is told: whoever reads it may end this process at once.
  const toldToEnd = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  if (json)
    printEvent({
      event: 'serving',
      folder,
      url: served.url,
      port: served.port,
      ...(webhooks && { webhooks: webhooks.url }),
    });
  else process.stdout.write(`${servingText(folder, served, address)}${triggersText(webhooks?.url)}`);
  await toldToEnd;
  await webhooks?.close();
  await served.close();
  await host.close();
  return 0;
}

async function listen(host: Host, { port, host: address }: WebhookAddress): Promise<Webhooks> {
  // Where they are received is known once something listens.
  let received: ReturnType<Host['listensForWebhooks']> | undefined;
  const webhooks = await listenForWebhooks({
    triggers: {
      webhook: (path, method) => received?.webhook(path, method),
      receive: async (...of) => {
        if (!received) throw new Error('Nothing listens yet.');
        return await received.receive(...of);
      },
    },
    port,
    host: address,
    onError: error => console.error('Cronflow:', error),
  });
  received = host.listensForWebhooks(webhooks.url);
  return webhooks;
}

function triggersText(webhooks: string | undefined): string {
  return webhooks === undefined ? '' : `Triggers start runs. Webhooks are received at ${webhooks}.\n`;
}

function servingText(
  folder: string,
  { url, port }: { readonly url: string; readonly port: number },
  { host, publicUrl, tokenFile }: ServeAddress,
): string {
  const open = publicUrl
    ? `It listens on port ${port} of ${host ?? 'this machine'}. Open the address through its proxy.`
    : `Open the ${tokenFile === undefined ? 'link' : 'address'} in a browser on this machine.`;
  const asks = tokenFile === undefined ? '' : ` It asks for the token in ${safe(tokenFile)}.`;
  return `Cronflow Studio shows ${safe(folder)}

  ${url}

${open}${asks} Press Ctrl-C to stop. You can resume runs that are still running then.
`;
}

/** What can be fixed by calling it differently. */
function notListening(error: unknown, port: number, host = '127.0.0.1'): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE')
    return new UsageError(`Port ${port} is in use. Choose another with --port, or leave it out.`);
  if (error.code === 'EADDRNOTAVAIL') return new UsageError(`--host ${host} is not an address of this machine.`);
  if (error.code === 'EACCES')
    return new UsageError(`This user may not listen on port ${port}. Choose one from 1024 with --port.`);
  return error;
}

function portOf(given: string | undefined, option = '--port'): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`${option} ${JSON.stringify(given)} is not a port. Give a number up to 65535.`);
  return port;
}
