import type { JobsOptions, WorkerOptions } from 'bullmq';

/** How long a connection to a server may take to be made. */
export const CONNECT_WITHIN = 5_000;
/** At an end, so long is waited for a server that may be away. */
export const CLOSE_WITHIN = 1_000;
/** What fails because the server is away is tried again after the first of these, and then less and less often. */
export const FIRST_RETRY = 100;
export const LAST_RETRY = 1_000;
/** We read none of BullMQ's events: few are kept. */
export const FEW_EVENTS = { streams: { events: { maxLen: 10 } } };

/** Whether the server of a queue can be reached. */
export type QueueState = { readonly kind: 'connected' } | { readonly kind: 'away'; readonly reason: string };

/** A job, as far as we look at it. */
export interface StoredJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  updateData(data: unknown): Promise<void>;
  remove(): Promise<void>;
}

/** What we use of BullMQ's `Queue`, which has another type for each kind of server. */
export interface JobQueue {
  /** Rejects where its connection cannot be made now; it is of no use then. */
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: unknown, options: JobsOptions): Promise<StoredJob>;
  getJob(id: string): Promise<StoredJob | undefined>;
  getDelayed(from: number, to: number): Promise<readonly StoredJob[]>;
  obliterate(options: { readonly force: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** And of its `Worker`. */
export interface JobWorker {
  /** Rejects where its connections cannot be made now; it is of no use then. */
  waitUntilReady(): Promise<unknown>;
  /** Reads until it is closed, also after its server was away. */
  run(): Promise<void>;
  close(force: boolean): Promise<void>;
}

export type WorkerSettings = Omit<WorkerOptions, 'connection'>;

/** The one connection of this process to the server of its queues. */
export interface QueueServer {
  /** Rejects, or waits, while the server is away. Asked before a queue or a worker is made: what they register stays. */
  reach(): Promise<unknown>;
  /** Milliseconds since 1970, by its own clock. */
  now(): Promise<number>;
  queue(name: string): JobQueue;
  /** @param onJob A defect of it ends the process, as that of any listener does */
  worker(name: string, onJob: (data: unknown) => void, settings: WorkerSettings): JobWorker;
  /**
   * Whether what a call was refused with comes of the way to the server, so that the same call may go well later. If so,
   * the server counts as away.
   */
  noteFailure(error: unknown): boolean;
  /** A call went well. */
  noteSuccess(): void;
  close(): Promise<void>;
}

/** The words of an error; Node's of a refused connection to several addresses has but a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || codeOf(error) || error.name;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** BullMQ's own errors have a number: a letter is not there any more, or has been read twice. They say nothing of the way to the server. */
export function isOfBullMq(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

/**
 * What BullMQ's worker does with a job. A defect of ours is told apart here: what BullMQ calls a failure of the job may as well be that the
 * server could not be told that it is done.
 */
export function processorOf(onJob: (data: unknown) => void): (job: { readonly data: unknown }) => Promise<void> {
  return ({ data }) => {
    try {
      onJob(data);
    } catch (error) {
      surface(error);
    }
    return Promise.resolve();
  };
}

/** A defect in what a listener does is not one of the queue: it surfaces. */
export function surface(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
