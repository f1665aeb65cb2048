import { z } from 'zod';
import { WORKER_STATUSES } from '../../../common/run-workers.ts';

/** The number of a worker in its run, from 1. */
export const workerId = z.int().positive();

/** A process that executes batches of a run. Times are milliseconds since 1970. */
export const runWorker = z.object({
  worker: workerId,
  /** Of the process of the run that it works for. */
  session: z.number(),
  /** As the system calls its machine. */
  host: z.string(),
  pid: z.number().optional(),
  /** Its mailbox; absent: it is a process of the machine on which the run is. */
  address: z.string().optional(),
  status: z.enum(WORKER_STATUSES),
  /** Whether it has the code of the run; absent: it has not said yet. */
  code: z.enum(['same', 'other']).optional(),
  /** Why it is lost or refused. */
  reason: z.string().optional(),
  beganAt: z.number(),
  heardAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** Batches that it has. */
  inFlight: z.number(),
  /** Of these, handed over and not known to have begun. */
  sent: z.number(),
  /** Batches that have come to their ends. */
  batches: z.number(),
  /** Attempts of steps that it has begun. */
  steps: z.number(),
  stepsPerSecond: z.number(),
  /** In bytes. */
  memory: z.number().optional(),
});
