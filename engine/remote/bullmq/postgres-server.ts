import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresConnectionOptions } from 'bullmq';
import type { Pool, PoolConfig } from 'pg';
import { debugQueue } from '../../debug.ts';
import type { QueueAddress } from '../queue-address.ts';
import { QueueError } from '../queue-error.ts';
import { nameOfQueue, type QueueSettings } from '../queue-settings.ts';
import type { BullMq, Pg } from './packages.ts';
import {
  CLOSE_WITHIN,
  codeOf,
  CONNECT_WITHIN,
  FEW_EVENTS,
  isOfBullMq,
  processorOf,
  reasonOf,
  type QueueServer,
  type QueueState,
} from './queue-server.ts';
import { tlsOptions } from './tls-options.ts';

type PostgresAddress = Extract<QueueAddress, { kind: 'postgres' }>;
/** All that it takes to use such a server. */
type PostgresSettings = QueueSettings & { readonly address: PostgresAddress };

const ANSWER_WITHIN = 10_000;
/** One of them listens; what is sent and received shares the others. */
const CONNECTIONS = 10;

/*
 * A pool of our own does not get BullMQ's schema by itself. What is sent need not survive a crash of the server, since it
 * is sent again: without a flush to disk for each letter, a worker is three times as fast.
 */
const SESSION = '-c search_path=bullmq -c synchronous_commit=off';

/** @throws QueueError when the server cannot be used now: later, it may be away as long as it likes */
export async function openPostgres(
  settings: PostgresSettings,
  { bullmq, driver }: { readonly bullmq: BullMq; readonly driver: Pg },
  onState: (state: QueueState) => void,
): Promise<QueueServer> {
  /** With the moment at which each was made. */
  const sockets = new Map<Socket, number>();
  const pool = new driver.Pool({
    ...optionsFor(settings),
    stream: () => {
      // See background.ts.
      const socket = new Socket().unref();
      sockets.set(socket, performance.now());
      return socket.once('close', () => sockets.delete(socket));
    },
  });
  const onError = (error: unknown) => {
    debugQueue('%s', reasonOf(error));
    if (isUnanswered(error)) endOldConnections(sockets);
    if (isAway(error)) onState({ kind: 'away', reason: reasonOf(error) });
  };
  // BullMQ adds one for each queue.
  pool.setMaxListeners(0);
  pool.on('error', onError);
  // The pool has a connection that is used keep the process alive: see background.ts.
  pool.on('acquire', client => (client as unknown as { unref(): void }).unref());
  // Each time a connection is made.
  pool.on('connect', () => onState({ kind: 'connected' }));
  await prepare(pool, bullmq, settings);
  const { createPostgresBackend: backend } = bullmq;
  // BullMQ's type of a pool is met by every pool, but not with `exactOptionalPropertyTypes`.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    reach: () => pool.query('SELECT 1'),
    now: async () => {
      const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      return rows[0]?.now.getTime() ?? NaN;
    },
    queue: name => {
      const queue = new bullmq.Queue(name, { connection, ...FEW_EVENTS }, backend);
      queue.on('error', onError);
      return queue;
    },
    worker: (name, onJob, settings) => {
      const options = { connection, autorun: false, ...settings };
      const worker = new bullmq.Worker(name, processorOf(onJob), options, backend);
      worker.on('error', onError);
      return worker;
    },
    noteFailure: error => {
      onError(error);
      return isAway(error);
    },
    noteSuccess: () => onState({ kind: 'connected' }),
    close: async () => {
      // It waits for all connections to be given back, which one to a server that does not answer never is.
      await Promise.race([pool.end(), delay(CLOSE_WITHIN, undefined, { ref: false })]);
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}

function optionsFor({ address, ca }: PostgresSettings): PoolConfig {
  const { host, port, database, user, password } = address;
  const tls = tlsOptions(address, ca);
  return {
    host,
    port,
    database,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(tls && { ssl: tls }),
    max: CONNECTIONS,
    // Nor do those that are not used.
    allowExitOnIdle: true,
    options: SESSION,
    keepAlive: true,
    keepAliveInitialDelayMillis: ANSWER_WITHIN,
    connectionTimeoutMillis: CONNECT_WITHIN,
    query_timeout: ANSWER_WITHIN,
    application_name: 'cronflow',
  };
}

/**
 * Where one is dead without a word, the others are, too. The driver replaces the one that did not answer; the one that listens waits for
 * nothing, and would be dead long after the way is there again: until TCP tries it again, after as long as the way was cut.
 */
function endOldConnections(sockets: ReadonlyMap<Socket, number>): void {
  const now = performance.now();
  for (const [socket, since] of sockets) if (now - since >= ANSWER_WITHIN) socket.destroy();
}

/** BullMQ's tables: made, or brought to its version, by whoever comes first. The others wait for that. */
async function prepare(pool: Pool, bullmq: BullMq, named: PostgresSettings): Promise<void> {
  try {
    const client = await pool.connect();
    try {
      await bullmq.runMigrations(client);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw new QueueError(`The queue at ${nameOfQueue(named)} cannot be used: ${explain(error, named.address)}`);
  }
}

function explain(error: unknown, address: PostgresAddress): string {
  const reason = reasonOf(error);
  switch (codeOf(error)) {
    case '28P01':
    case '28000':
      return `PostgreSQL does not let ${address.user ?? 'this user'} in (${reason}).`;
    case '3D000':
      return `${reason}. Make it with: createdb ${address.database}`;
    case '42501':
      return `${reason}. The user must be allowed to create a schema: GRANT CREATE ON DATABASE … TO …`;
    default:
      if (/password must be a string/.test(reason))
        return 'PostgreSQL asks for a password. Set CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE.';
      return isAway(error) ? `${reason}. Is PostgreSQL running there?` : `${reason}.`;
  }
}

/** What the driver says after `ANSWER_WITHIN`. */
function isUnanswered(error: unknown): boolean {
  return reasonOf(error) === 'Query read timeout';
}

/** Of PostgreSQL: the connection, too little of something, or the operator. What has no code comes of the network. */
function isAway(error: unknown): boolean {
  if (isOfBullMq(error)) return false;
  const code = codeOf(error);
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || /^(?:08|53|57)/.test(code);
}
