import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../run/clock.ts';
import { openQueue, type OpenQueue } from './bullmq/open-queue.ts';
import type { QueueState } from './bullmq/queue-server.ts';
import type { QueueSettings } from './queue-settings.ts';
import { RemoteWorkers } from './remote-workers.ts';

/** How long a letter waits for what is sent next: storing one costs PostgreSQL more. */
const GAP_MS: Readonly<Record<OpenQueue['kind'], number>> = { redis: 4, postgres: 15 };

export function gapOf({ kind }: OpenQueue): number {
  return GAP_MS[kind];
}

export interface OpenRemoteWorkers {
  readonly workers: RemoteWorkers;
  close(): Promise<void>;
}

/** What a run asks its workers is no reason to keep its process alive: that the run waits for them is. */
const backgroundClock: Clock = {
  ...systemClock,
  after(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * The workers on other machines, for a runner. They do not keep its process alive: see `Workers.isBusy`.
 * @param of The workflow of its run, with the hash of its code, and the folder of its file
 * @throws QueueError
 */
export async function openRemoteWorkers(
  settings: QueueSettings,
  { workflow, code, folder }: { readonly workflow: string; readonly code: string; readonly folder: string },
): Promise<OpenRemoteWorkers> {
  let workers: RemoteWorkers | undefined;
  const onState = (state: QueueState) => workers?.noteServer(state.kind === 'away' ? state.reason : undefined);
  const queue = await openQueue(settings, { folder, onState });
  const remote = new RemoteWorkers({
    openMailbox: queue.openMailbox,
    directory: queue.directory,
    address: randomUUID(),
    secret: settings.secret,
    clock: backgroundClock,
    gapMs: gapOf(queue),
    workflow,
    code,
  });
  workers = remote;
  await remote.open();
  queue.release();
  return {
    workers: remote,
    close: async () => {
      await remote.close();
      await queue.close();
    },
  };
}
