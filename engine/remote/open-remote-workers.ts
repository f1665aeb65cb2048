import { randomUUID } from 'node:crypto';
import { systemClock } from '../run/clock.ts';
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

/**
 * The workers on other machines, for a runner.
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
    clock: systemClock,
    gapMs: gapOf(queue),
    workflow,
    code,
  });
  workers = remote;
  await remote.open();
  return {
    workers: remote,
    close: async () => {
      await remote.close();
      await queue.close();
    },
  };
}
