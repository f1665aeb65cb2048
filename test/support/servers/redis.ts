import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/free-port.ts';
import type { ServerForTest, ServerOptions } from './queue-servers.ts';
import { ServerProcess } from './server-process.ts';

const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** Why it cannot be tested here, in a sentence; undefined when it can. */
export const whyNoRedis = hasRedis
  ? undefined
  : 'redis-server is not installed (apt-get install redis-server, without its service).';

export interface RedisForTest extends ServerForTest {
  /** Starts it again with an empty disk. It must not run. */
  startEmpty(): Promise<void>;
}

/** @param options.isKept Whether it writes to its disk, each second. @default true */
export async function startRedis(options: ServerOptions & { readonly isKept?: boolean } = {}): Promise<RedisForTest> {
  const { password, certificate, machine, isKept = true } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-redis-'));
  const port = await freePort();
  const tls = certificate && ['--tls-cert-file', certificate.certificate, '--tls-key-file', certificate.key];
  const socket = path.join(folder, 'socket');
  const [program = '', ...before] = [...(machine?.inside ?? []), 'redis-server'];
  const server = new ServerProcess({
    program,
    opens: machine ? socket : port,
    args: [
      ...before,
      // Otherwise it takes none of other machines that come without a password.
      ...(machine ? ['--protected-mode', 'no'] : []),
      ...(tls ? ['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no', ...tls] : ['--port', `${port}`]),
      ...[
        '--bind',
        machine?.address ?? '127.0.0.1',
        '--unixsocket',
        socket,
        '--dir',
        folder,
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ],
      ...(isKept ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no']),
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    // Its port is open while it still reads its disk.
    isReady: async () => /PONG|NOAUTH/.test(await client('ping')),
  });
  const client = async (...command: string[]) => {
    const flags = [...(machine ? ['-s', socket] : ['-p', `${port}`]), ...(certificate ? ['--tls', '--insecure'] : [])];
    const { stdout } = await promisify(execFile)('redis-cli', [...flags, ...command]);
    return stdout;
  };
  await server.start();
  return {
    url: `${certificate ? 'rediss' : 'redis'}://${machine?.address ?? 'localhost'}:${port}`,
    start: () => server.start(),
    startEmpty: async () => {
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
      await server.start();
    },
    kill: signal => server.kill(signal),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    empty: async () => {
      await client(...(password === undefined ? [] : ['--no-auth-warning', '-a', password]), 'flushall');
    },
    close: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
