import { cancelPages } from '../store/cancel-pages.ts';
import type { Journal } from '../store/journal.ts';
import type { Lease } from '../store/leases.ts';
import type { StoreDatabase } from '../store/open.ts';
import { systemClock, type Clock } from './clock.ts';

/** Between two pages: others that wait for the store look again about as often. */
const PAUSE_MS = 5;

interface Ending {
  readonly db: StoreDatabase;
  readonly clock?: Clock;
  readonly onEnding?: () => void;
}

/** Cancels what waits, before the end of the run is written, so that no transaction takes long. The last page is left to it. */
export async function cancelInPages(
  { db, clock = systemClock, onEnding }: Ending,
  journal: Journal,
  lease: Lease,
  reason: string,
): Promise<void> {
  for (const { write } of cancelPages(db, lease, reason, () => clock.now())) {
    journal.write(write);
    await journal.committed();
    onEnding?.();
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
}
