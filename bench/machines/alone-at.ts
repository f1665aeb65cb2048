import { createPostgresBackend, Queue, Worker, type PostgresConnectionOptions } from 'bullmq';
import { Pool } from 'pg';

const NAME = 'alone';

/** What its workers tell. */
interface Events {
  on(event: 'completed' | 'error', call: (what: unknown) => void): unknown;
}

/** BullMQ alone on a server. */
interface AloneAt {
  queue(): Pick<Queue, 'addBulk' | 'close'>;
  worker(work: () => Promise<void>, concurrency: number): Events;
  close(): Promise<void>;
}

/** As Cronflow opens it: PostgreSQL does not flush each job to its disk for either. */
export function aloneAt(url: string): AloneAt {
  if (url.startsWith('redis')) {
    const connection = { port: Number(new URL(url).port), maxRetriesPerRequest: null };
    return {
      queue: () => new Queue(NAME, { connection }),
      worker: (work, concurrency) =>
        new Worker(NAME, work, { connection, concurrency, removeOnComplete: { count: 0 } }),
      close: async () => undefined,
    };
  }
  const pool = new Pool({
    connectionString: url,
    max: 10,
    options: '-c search_path=bullmq -c synchronous_commit=off',
  });
  pool.setMaxListeners(0);
  // BullMQ's type of a pool is met by every pool, but not with `exactOptionalPropertyTypes`.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    queue: () => new Queue(NAME, { connection }, createPostgresBackend),
    worker: (work, concurrency) =>
      new Worker(NAME, work, { connection, concurrency, removeOnComplete: { count: 0 } }, createPostgresBackend),
    close: () => pool.end(),
  };
}
