import { shownAddress } from '../../engine/remote/queue-address.ts';
import type { NamedQueue, QueueSettings } from '../../engine/remote/queue-settings.ts';
import type { Problem, Workspace } from '../api/api.ts';

/** A queue that runs can be given to. */
export type OfferedQueue = {
  readonly named: NamedQueue;
  /** Whether new runs are given to it where nobody says otherwise. */
  readonly isDefault: boolean;
} & (
  | { readonly settings: QueueSettings; readonly problem?: undefined }
  /** Something is missing that it takes to use it. */
  | { readonly settings?: undefined; readonly problem: Problem }
);

/** Shorter batches travel longer over a queue than they take: measured with 2 workers on one machine, see docs/many-machines.md. */
const LEAST_BATCH_MS = { redis: 20, postgres: 100 } as const;

/** A queue as pages are told of it: without what it takes to use it. */
export function shownQueue({ named, isDefault, problem }: OfferedQueue): NonNullable<Workspace['queue']> {
  const { address } = named;
  return {
    address: shownAddress(address),
    leastBatchMs: LEAST_BATCH_MS[address.kind],
    isDefault,
    ...(problem && { problem: problem.message }),
  };
}
