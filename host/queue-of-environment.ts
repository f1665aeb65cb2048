import { givenQueue, takeQueueEnvironment } from '../engine/remote/queue-settings.ts';
import type { LaunchQueues } from './workspace/folder-queue.ts';

/**
 * What the environment says of queues, for a shell without arguments of its own. Takes what it reads out of the environment, so
 * that no process that is started later gets it. @throws QueueError
 */
export function takeQueuesOfEnvironment(): LaunchQueues {
  const environment = takeQueueEnvironment(process.env);
  return { chosen: givenQueue(undefined, environment), environment };
}
