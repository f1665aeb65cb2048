import { takeQueueSettings, type QueueSettings } from '../engine/remote/queue-settings.ts';

/**
 * The queue that the environment names, for a shell without arguments of its own. Takes what it reads out of the environment, so
 * that no process that is started later gets it. @throws QueueError
 */
export function takeQueueOfEnvironment(): QueueSettings | undefined {
  return takeQueueSettings(undefined, process.env);
}
