import { isIP } from 'node:net';
import { QueueError } from './queue-error.ts';

/** How the server shows who it is, and how far that is checked. */
export type QueueTls = 'none' | 'certificate' | 'certificate-and-name';

interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: QueueTls;
}

/** Where the server of a queue is. */
export type QueueAddress =
  | (ServerAddress & { readonly kind: 'redis'; readonly database: number })
  | (ServerAddress & { readonly kind: 'postgres'; readonly database: string });

const SUCH_AS = 'It looks like redis://host:6379 or postgres://user@host:5432/database';
const REDIS_PORT = 6379;
const POSTGRES_PORT = 5432;

/** As libpq calls them. Those that would go on without TLS, or without a look at the certificate, are not offered. */
const SSL_MODES: Readonly<Record<string, QueueTls>> = {
  disable: 'none',
  require: 'certificate-and-name',
  'verify-ca': 'certificate',
  'verify-full': 'certificate-and-name',
};

/** @throws QueueError */
export function parseQueueAddress(text: string): QueueAddress {
  const url = URL.parse(text);
  // The text itself may hold a password: it is not repeated.
  if (!url) throw new QueueError(`The address of the queue is not a URL. ${SUCH_AS}.`);
  switch (url.protocol) {
    case 'redis:':
    case 'rediss:':
      return redisAddress(url);
    case 'postgres:':
    case 'postgresql:':
      return postgresAddress(url);
    default:
      throw new QueueError(
        `The address of the queue begins with ${url.protocol}, which is none of its kinds. ${SUCH_AS}.`,
      );
  }
}

/** The address without its password: for messages, and for what is stored. */
export function shownAddress(address: QueueAddress): string {
  const { kind, user, host, port, database, tls } = address;
  const scheme = kind === 'postgres' ? 'postgres' : tls === 'none' ? 'redis' : 'rediss';
  const who = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const name = kind === 'redis' && database === 0 ? '' : `/${encodeURIComponent(database)}`;
  return `${scheme}://${who}${isIP(host) === 6 ? `[${host}]` : host}:${port}${name}`;
}

function redisAddress(url: URL): QueueAddress {
  const server = serverOf(url, REDIS_PORT);
  refuseParameters(url, []);
  const database = url.pathname.replace(/^\//, '') || '0';
  if (!/^\d{1,4}$/.test(database))
    throw new QueueError(
      `The database of the queue is ${database}; that of Redis is a number, as in redis://host:6379/0.`,
    );
  const tls = url.protocol === 'rediss:' ? 'certificate-and-name' : 'none';
  return { kind: 'redis', ...server, tls, database: Number(database) };
}

function postgresAddress(url: URL): QueueAddress {
  const server = serverOf(url, POSTGRES_PORT);
  refuseParameters(url, ['sslmode']);
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  const tls = SSL_MODES[mode];
  if (tls === undefined)
    throw new QueueError(`The sslmode of the queue is ${mode}; it can be ${Object.keys(SSL_MODES).join(', ')}.`);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '')
    throw new QueueError(
      'The address of the queue names no database. It looks like postgres://user@host:5432/database.',
    );
  return { kind: 'postgres', ...server, tls, database };
}

function serverOf(url: URL, port: number): Omit<ServerAddress, 'tls'> {
  // Both kinds of URL are not "special" for the standard, which then allows an empty host.
  if (url.hostname === '') throw new QueueError(`The address of the queue names no host. ${SUCH_AS}.`);
  return {
    host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: url.port === '' ? port : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}

function refuseParameters(url: URL, known: readonly string[]): void {
  const other = [...url.searchParams.keys()].find(name => !known.includes(name));
  if (other !== undefined)
    throw new QueueError(
      `The address of the queue has the parameter ${other}; ` +
        (known.length > 0 ? `it can have ${known.join(', ')}.` : 'that of Redis has none. For TLS: rediss://'),
    );
}
