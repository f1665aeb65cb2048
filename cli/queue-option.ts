import type { ParseArgsOptionsConfig } from 'node:util';
import type { QueueSettings } from '../engine/remote/queue-settings.ts';
import { text, type Arguments } from './arguments.ts';
import { UsageError } from './usage.ts';

/** Over which queue workers on other machines are found. */
export const QUEUE_OPTION = { queue: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

/**
 * From `--queue redis://…`, or the environment. Loads nothing where there is no queue.
 * @throws QueueError, UsageError
 */
export async function queueOf({ queue, workers }: Arguments['values']): Promise<QueueSettings | undefined> {
  const named = text(queue);
  if (named === undefined && !process.env.CRONFLOW_QUEUE) return undefined;
  if (workers !== undefined)
    throw new UsageError(
      '--workers is about processes of this machine. With a queue, each `cronflow work` says with --concurrency how many ' +
        `batches it takes. ${named === undefined ? 'CRONFLOW_QUEUE is set. ' : ''}Leave one of them out.`,
    );
  return await readQueue(named);
}

/** The same, for a command that cannot do without. @throws QueueError, UsageError */
export async function requireQueue({ queue }: Arguments['values']): Promise<QueueSettings> {
  const read = await readQueue(text(queue));
  if (read) return read;
  throw new UsageError('Say where the queue is: --queue redis://host:6379, or set CRONFLOW_QUEUE.');
}

async function readQueue(named: string | undefined): Promise<QueueSettings | undefined> {
  const { takeQueueSettings } = await import('../engine/remote/queue-settings.ts');
  return takeQueueSettings(named, process.env);
}
