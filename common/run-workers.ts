/*
 * The processes that execute batches of a run (`workers`), as they are told of: what the process of the run stores of them, and what
 * that means to whoever looks later.
 */

/** `starting`: it has not said yet that it can work. `refused`: it cannot, as with other code than the run's. */
export const STORED_WORKER_STATUSES = ['starting', 'working', 'draining', 'drained', 'lost', 'refused'] as const;
export type StoredWorkerStatus = (typeof STORED_WORKER_STATUSES)[number];

/** `ended`: the process of the run that it worked for has ended. */
export const WORKER_STATUSES = [...STORED_WORKER_STATUSES, 'ended'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];

const OVER: ReadonlySet<WorkerStatus> = new Set(['drained', 'lost', 'refused', 'ended']);

/** Whether it executes nothing any more. */
export function isOver(status: WorkerStatus): boolean {
  return OVER.has(status);
}

/** What a stored status means now. @param isCurrent Whether the process that has stored it works on the run */
export function workerStatusNow(status: StoredWorkerStatus, isCurrent: boolean): WorkerStatus {
  return isCurrent || isOver(status) ? status : 'ended';
}

/**
 * Whether a run that is taken up again is given to workers on other machines, where nobody says otherwise: it stays
 * where it was, if it can.
 * @param queue Over which they are found, with what is in the way of it
 */
export function staysOnQueue(wasOnQueue: boolean, queue: { readonly problem?: unknown } | undefined): boolean {
  return wasOnQueue && queue !== undefined && queue.problem === undefined;
}
