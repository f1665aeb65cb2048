import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../../scripts/free-port.ts';
import type { ServerForTest, ServerOptions } from './queue-servers.ts';
import { ServerProcess } from './server-process.ts';

const folderOfPrograms = findPrograms();
/** PostgreSQL does not run as root: then its programs run as its own user, whom Debian's package makes. */
const user = process.getuid?.() === 0 ? idsOf('postgres') : undefined;

/** Why it cannot be tested here, in a sentence; undefined when it can. */
export const whyNoPostgres =
  folderOfPrograms === undefined
    ? 'PostgreSQL is not installed (apt-get install postgresql, without its service).'
    : process.getuid?.() === 0 && !user
      ? 'PostgreSQL does not run as root, and there is no user “postgres”.'
      : undefined;

export type PostgresForTest = ServerForTest;

/** A cluster of its own. */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresForTest> {
  const { password, certificate, machine } = options;
  const programs = folderOfPrograms ?? '';
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-postgres-'));
  const data = path.join(folder, 'data');
  /** Only its user may enter, and so that user owns what it is to read. */
  const own = (file: string) => {
    if (user) chownSync(file, user.uid, user.gid);
    return file;
  };
  own(folder);
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password ?? 'none');
  own(passwordFile);
  const access = password === undefined ? 'trust' : 'scram-sha-256';
  execFileSync(
    path.join(programs, 'initdb'),
    ['-D', data, '-A', access, '-U', 'tester', '--pwfile', passwordFile, '--no-sync', '-E', 'UTF8', '--locale', 'C'],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, ...user },
  );
  const port = await freePort();
  const setting = (name: string, value: string) => ['-c', `${name}=${value}`];
  const tls = certificate
    ? [
        ...setting('ssl', 'on'),
        ...setting('ssl_cert_file', own(copied(certificate.certificate, path.join(folder, 'server.pem')))),
        ...setting('ssl_key_file', own(copied(certificate.key, path.join(folder, 'server.key')))),
      ]
    : [];
  if (certificate)
    writeFileSync(
      path.join(data, 'pg_hba.conf'),
      `hostssl all all 127.0.0.1/32 ${access}\nhostssl all all ::1/128 ${access}\n`,
    );
  if (machine) appendFileSync(path.join(data, 'pg_hba.conf'), `host all all samenet ${access}\n`);
  const connection = {
    ...{ host: machine ? folder : '127.0.0.1', port, user: 'tester', database: 'postgres' },
    ...(password !== undefined && { password }),
    ...(certificate && { ssl: { rejectUnauthorized: false } }),
  };
  const query = async (sql: string) => {
    const client = new pg.Client(connection);
    // A server that goes on starting ends the connection.
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const [program = '', ...before] = [...(machine ? insideAs(machine, user) : []), path.join(programs, 'postgres')];
  const server = new ServerProcess({
    program,
    opens: machine ? path.join(folder, `.s.PGSQL.${port}`) : port,
    args: [
      ...before,
      '-D',
      data,
      '-p',
      `${port}`,
      ...setting('listen_addresses', machine?.address ?? '127.0.0.1'),
      ...setting('unix_socket_directories', machine ? folder : ''),
      ...tls,
    ],
    // Only root can enter a machine of the tests: there, it becomes another user afterwards.
    options: { cwd: folder, ...(machine ? {} : user) },
    isReady: () =>
      query('SELECT 1').then(
        () => true,
        () => false,
      ),
  });
  await server.start();
  return {
    url: `postgres://tester@${machine?.address ?? 'localhost'}:${port}/postgres${certificate ? '?sslmode=verify-full' : ''}`,
    start: () => server.start(),
    kill: async signal => {
      // SIGTERM waits for all clients to leave.
      await server.kill(signal === 'SIGTERM' ? 'SIGINT' : signal);
    },
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    empty: () => againAfterDeadlock(() => query('TRUNCATE bullmq.job, bullmq.meta, bullmq.event CASCADE')),
    close: async () => {
      await server.kill('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Who empties tables in use may be the one that PostgreSQL picks to let the others go on, and is to try again. */
async function againAfterDeadlock(ask: () => Promise<void>): Promise<void> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      const DEADLOCK_DETECTED = '40P01';
      if (!(error instanceof Error && 'code' in error && error.code === DEADLOCK_DETECTED)) throw error;
    }
}

type User = { readonly uid: number; readonly gid: number };

function insideAs({ inside }: NonNullable<ServerOptions['machine']>, as: User | undefined): readonly string[] {
  return as ? [...inside, 'setpriv', `--reuid=${as.uid}`, `--regid=${as.gid}`, '--clear-groups', '--'] : inside;
}

function copied(from: string, to: string): string {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
  return to;
}

function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map(version => path.join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  return folders.find(
    folder => folder !== '' && ['initdb', 'postgres'].every(name => existsSync(path.join(folder, name))),
  );
}

function idsOf(name: string): User | undefined {
  const id = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const uid = id('-u');
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(id('-g').stdout) } : undefined;
}
