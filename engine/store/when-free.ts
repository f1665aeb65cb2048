import type { Database } from 'better-sqlite3';
import { BUSY_TIMEOUT_MS } from './open.ts';
import { inTransaction } from './transactions.ts';

/** How long the process works before it tries again. */
export const REST_MS = 25;

/** Whether another program writes, or has written since this connection began to read. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/**
 * Does what begins with a transaction. The connection of a run waits only a moment for other programs, so that its process goes
 * on: here it is tried again until they are done.
 * @param work Nothing of it is stored when it fails because the store is busy
 */
export async function whenFree<T>(work: () => T, timeoutMs = BUSY_TIMEOUT_MS): Promise<T> {
  const since = performance.now();
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() - since >= timeoutMs) throw error;
      await new Promise(resolve => setTimeout(resolve, REST_MS));
    }
  }
}

/** As `inTransaction`, for a connection on which a run may be at work. */
export async function inTransactionWhenFree<T>(db: Database, work: () => T): Promise<T> {
  return await whenFree(() => inTransaction(db, work));
}
