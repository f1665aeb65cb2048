import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { CONTENT_SECURITY_POLICY } from '../host/browser/page-headers.ts';
import { serve } from '../host/browser/serve.ts';
import { dataFolder } from '../host/data-folder.ts';
import { createHost } from '../host/host.ts';
import config from '../vite.config.ts';

/*
 * The host of `npm run dev`, started and restarted by scripts/dev.ts. Vite answers for the page behind the host's own
 * server, so that every check of that server holds: Host, Origin, cookie and key. Vite itself listens on one port only,
 * for its messages about changes, and takes only connections with a token that it writes into the page.
 */

const [folder] = process.argv.slice(2);
const { CRONFLOW_DEV_PORT, CRONFLOW_DEV_HMR_PORT, CRONFLOW_DEV_TOKEN } = process.env;
if (folder === undefined || !CRONFLOW_DEV_PORT || !CRONFLOW_DEV_HMR_PORT || !CRONFLOW_DEV_TOKEN)
  throw new Error('This file is started by scripts/dev.ts: npm run dev');

// By it Node's watch asks modules to report themselves. Runners must not: they would send their parent messages of
// another protocol.
delete process.env.WATCH_REPORT_DEPENDENCIES;

const nonce = randomBytes(16).toString('base64url');
const vite = await createServer({
  ...config,
  // Imported above: Vite would write a compiled copy, and Node's watch would restart this process for it.
  configFile: false,
  root: fileURLToPath(new URL('../renderer', import.meta.url)),
  appType: 'spa',
  html: { cspNonce: nonce },
  server: {
    middlewareMode: true,
    cors: false,
    hmr: { host: '127.0.0.1', port: Number(CRONFLOW_DEV_HMR_PORT) },
  },
});
// Vite's plugins write a script into the page, which the nonce allows; the page hears of changes from Vite's port.
const policy = CONTENT_SECURITY_POLICY.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`).replace(
  "connect-src 'self'",
  `connect-src 'self' ws://127.0.0.1:${CRONFLOW_DEV_HMR_PORT}`,
);

mkdirSync(path.join(folder, '.cronflow'), { recursive: true });
const host = await createHost({ folder, shell: 'browser', dataFolder: dataFolder(), version: 'dev' });
const served = await serve({
  host,
  port: Number(CRONFLOW_DEV_PORT),
  token: CRONFLOW_DEV_TOKEN,
  page: {
    answer: (request, response, next) => vite.middlewares(request, response, next),
    headers: { 'content-security-policy': policy },
  },
});
console.log(`\n  ${served.url}\n\nOpen the link in a browser on this machine. Ctrl-C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());

async function close(): Promise<void> {
  await served.close();
  await host.close();
  await vite.close();
  process.exit(0);
}
