import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

/*
 * npm run dev -- [folder]: the browser shell on a folder, from the sources. A change of the page is shown at once; a
 * change of the host, the engine or what they import restarts the host, and the open page connects again: port and
 * token stay those of this launch.
 */

const folder = path.resolve(
  process.env.INIT_CWD ?? '.',
  process.argv[2] ?? fileURLToPath(new URL('../examples', import.meta.url)),
);
const host = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', fileURLToPath(new URL('./dev-host.ts', import.meta.url)), folder],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      CRONFLOW_DEV_PORT: String(await freePort()),
      CRONFLOW_DEV_HMR_PORT: String(await freePort()),
      CRONFLOW_DEV_TOKEN: randomBytes(24).toString('base64url'),
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => host.kill(signal));
host.on('exit', code => {
  process.exitCode = code ?? 0;
});
