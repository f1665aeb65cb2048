import { shownAddress } from '../../engine/remote/queue-address.ts';
import type { QueueSettings } from '../../engine/remote/queue-settings.ts';
import type { Workspace } from '../api/api.ts';

/** Shorter batches travel longer over a queue than they take: measured with 2 workers on one machine, see docs/many-machines.md. */
const LEAST_BATCH_MS = { redis: 20, postgres: 100 } as const;

/** A queue as pages are told of it: without what it takes to use it. */
export function shownQueue({ address }: QueueSettings): NonNullable<Workspace['queue']> {
  return { address: shownAddress(address), leastBatchMs: LEAST_BATCH_MS[address.kind] };
}
