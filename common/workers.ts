/** How many processes execute batches: `auto` stands for as many as the machine can run at a time. */
export type WorkerCount = number | 'auto';

/** More are no help on one machine: so large a number is a mistake. */
export const MOST_WORKERS = 64;

export function isWorkerCount(value: unknown): value is WorkerCount {
  return value === 'auto' || (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MOST_WORKERS);
}

/** For a message about another value. */
export const WORKER_COUNT_IS = `It is a whole number from 1 to ${MOST_WORKERS}, or 'auto': as many as the machine can run at a time.`;
