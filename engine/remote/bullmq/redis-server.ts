import type { Redis, RedisOptions } from 'ioredis';
import { debugQueue } from '../../debug.ts';
import type { QueueAddress } from '../queue-address.ts';
import { QueueError } from '../queue-error.ts';
import { nameOfQueue, type QueueSettings } from '../queue-settings.ts';
import type { BullMq, IoRedis } from './packages.ts';
import {
  codeOf,
  CONNECT_WITHIN,
  FEW_EVENTS,
  FIRST_RETRY,
  LAST_RETRY,
  isOfBullMq,
  processorOf,
  reasonOf,
  type QueueServer,
  type QueueState,
} from './queue-server.ts';
import { tlsOptions } from './tls-options.ts';

type RedisAddress = Extract<QueueAddress, { kind: 'redis' }>;
/** All that it takes to use such a server. */
type RedisSettings = QueueSettings & { readonly address: RedisAddress };

/** A connection on which no answer came for so long is opened again. More than the 5 s that a worker waits for a job at a time. */
const SILENT_CONNECTION = 10_000;

/** @throws QueueError when the server cannot be used now: later, it may be away as long as it likes */
export async function openRedis(
  settings: RedisSettings,
  { bullmq, driver }: { readonly bullmq: BullMq; readonly driver: IoRedis },
  onState: (state: QueueState) => void,
): Promise<QueueServer> {
  const connection = keptInBackground(new driver.Redis(optionsFor(settings)));
  await connect(connection, settings);
  let reason = 'the connection was closed';
  connection.on('error', (error: Error) => (reason = reasonOf(error)));
  connection.on('close', () => onState({ kind: 'away', reason }));
  connection.on('ready', () => onState({ kind: 'connected' }));
  onState({ kind: 'connected' });
  // They say again what the connection says.
  const onError = (error: Error) => debugQueue('%s', error.message);
  return {
    reach: () => connection.ping(),
    now: async () => {
      const [seconds, micros] = await connection.time();
      return Number(seconds) * 1_000 + Number(micros) / 1_000;
    },
    queue: name => {
      const queue = new bullmq.Queue(name, { connection, ...FEW_EVENTS });
      queue.on('error', onError);
      return queue;
    },
    worker: (name, onJob, settings) => {
      const worker = new bullmq.Worker<unknown>(name, processorOf(onJob), { connection, autorun: false, ...settings });
      worker.on('error', onError);
      return worker;
    },
    noteFailure: error => {
      if (!isAway(error)) return false;
      onState({ kind: 'away', reason: reasonOf(error) });
      return true;
    },
    noteSuccess: () => onState({ kind: 'connected' }),
    close: () => {
      connection.disconnect();
      return Promise.resolve();
    },
  };
}

/** Neither its connection nor those that BullMQ makes like it keep the process alive: see background.ts. */
function keptInBackground(client: Redis): Redis {
  client.on('connect', () => client.stream.unref());
  const duplicate = client.duplicate.bind(client);
  client.duplicate = other => keptInBackground(duplicate(other));
  return client;
}

function optionsFor({ address, ca }: RedisSettings) {
  const { host, port, database, user, password } = address;
  const tls = tlsOptions(address, ca);
  return {
    host,
    port,
    db: database,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN,
    socketTimeout: SILENT_CONNECTION,
    keepAlive: SILENT_CONNECTION,
    // Calls wait for the server instead of failing: BullMQ asks for that.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(FIRST_RETRY * times, LAST_RETRY),
  } satisfies RedisOptions;
}

/** The first connection, which must succeed: what is wrong with the address or the password is wrong for ever. */
async function connect(client: Redis, named: RedisSettings): Promise<void> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  client.on('error', reject);
  try {
    await Promise.race([client.connect().then(() => client.ping()), failed]);
  } catch (error) {
    client.on('error', () => {});
    client.disconnect();
    throw new QueueError(`The queue at ${nameOfQueue(named)} cannot be used: ${explain(error, named.address)}`);
  } finally {
    client.off('error', reject);
  }
}

function explain(error: unknown, address: RedisAddress): string {
  const reason = reasonOf(error);
  if (reason.startsWith('NOAUTH'))
    return 'Redis asks for a password. Set CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE.';
  if (/^WRONGPASS|invalid (?:username-)?password/i.test(reason)) return `Redis does not take the password (${reason}).`;
  if (/ECONNRESET|socket hang up|Connection is closed/.test(reason) && address.tls === 'none')
    return `${reason}. If the server asks for TLS, the address begins with rediss://.`;
  return `${reason}. Is Redis running there?`;
}

/** Most calls wait by themselves until the server is back: those of a client that is not ready yet do not. */
function isAway(error: unknown): boolean {
  const reason = reasonOf(error);
  if (error instanceof Error && error.name === 'ReplyError')
    return /^(?:LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|OOM) /.test(reason);
  if (isOfBullMq(error)) return false;
  return codeOf(error) !== undefined || /^(?:Connection is closed|Socket timeout)/.test(reason);
}
