import type { ParseArgsOptionsConfig } from 'node:util';
import type { QueueEnvironment, QueueSettings } from '../engine/remote/queue-settings.ts';
import type { LaunchQueues } from '../host/workspace/folder-queue.ts';
import { text, type Arguments } from './arguments.ts';
import { UsageError } from './usage.ts';

/** Over which queue workers on other machines are found. Without an address: the queue that is set up here. */
export const QUEUE_OPTION = { queue: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

type Values = Arguments['values'];

/**
 * The queue that a run is given to: from `--queue redis://…` or CRONFLOW_QUEUE; with `--queue` alone, also the one that
 * the settings of the folder's project name. What a folder says is not used unless it is asked for. Loads nothing where
 * no queue is.
 * @throws QueueError, UsageError
 */
export async function queueOf({ queue, workers }: Values, folder: string): Promise<QueueSettings | undefined> {
  const named = text(queue);
  if (named === undefined && !process.env.CRONFLOW_QUEUE) return undefined;
  if (workers !== undefined)
    throw new UsageError(
      '--workers is about processes of this machine. With a queue, each `cronflow work` says with --concurrency how many ' +
        `batches it takes. ${named === undefined ? 'CRONFLOW_QUEUE is set. ' : ''}Leave one of them out.`,
    );
  return await requireQueue({ queue }, folder);
}

/** The same for a command that is about a queue: it need not be asked for. @throws QueueError, UsageError */
export async function requireQueue({ queue }: Values, folder: string): Promise<QueueSettings> {
  const { takeQueueEnvironment } = await import('../engine/remote/queue-settings.ts');
  return await find(text(queue), takeQueueEnvironment(process.env), folder);
}

/** What a Studio knows of queues: it can also be offered one later, by the settings of a folder. @throws QueueError, UsageError */
export async function queuesOf({ queue }: Values, folder: string): Promise<LaunchQueues> {
  const { takeQueueEnvironment } = await import('../engine/remote/queue-settings.ts');
  const environment = takeQueueEnvironment(process.env);
  const named = text(queue);
  const isChosen = named !== undefined || environment.address !== undefined;
  return { chosen: isChosen ? await find(named, environment, folder) : undefined, environment };
}

/** @param named What `--queue` was given, if anything */
async function find(named: string | undefined, given: QueueEnvironment, folder: string): Promise<QueueSettings> {
  const { givenQueue, queueOfFolder, queueSettings } = await import('../engine/remote/queue-settings.ts');
  const queue = givenQueue(named === '' ? undefined : named, given);
  if (queue) return queue;
  const written = queueOfFolder(folder);
  if (written) return queueSettings(written, given);
  const { settingsFileOf } = await import('../engine/remote/workspace-queue.ts');
  throw new UsageError(
    'Say where the queue is: --queue redis://host:6379, or set CRONFLOW_QUEUE, or write { "queue": "redis://host:6379" } ' +
      `into ${settingsFileOf(folder)}.`,
  );
}
