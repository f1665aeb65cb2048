import { BatchStatus, IN_FLIGHT, type BatchStatusName } from '../../common/status.ts';

/* The rule of common/at-rest.ts in SQL. */

/** The statuses of batches in flight, as a list in SQL. */
export const IN_FLIGHT_SQL = `(${IN_FLIGHT.join(', ')})`;

/** The status of a batch as it is to be shown when nobody works on its run. */
export const STATUS_AT_REST = `iif(status in ${IN_FLIGHT_SQL}, ${BatchStatus.waiting}, status)`;

/**
 * The numbers in the store that stand for the statuses as they are shown: when nobody works on a run, what is in flight
 * waits.
 */
export function storedStatuses(shown: readonly BatchStatusName[], isLive: boolean): number[] {
  const numbers = shown.map(name => BatchStatus[name]);
  if (isLive) return numbers;
  const inFlight: readonly number[] = IN_FLIGHT;
  return [...numbers.filter(status => !inFlight.includes(status)), ...(shown.includes('waiting') ? inFlight : [])];
}
