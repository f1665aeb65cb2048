import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { openQueue, type OpenQueue } from '../../engine/remote/bullmq/open-queue.ts';
import type { Mailbox } from '../../engine/remote/mailbox.ts';
import { givenQueue, takeQueueEnvironment } from '../../engine/remote/queue-settings.ts';
import type { ServerForTest } from '../support/servers/queue-servers.ts';

const SECRET = 'a secret of this test';
const folder = import.meta.dirname;

/** Opens the queue of a server, and closes it when the test is done. */
export async function open(server: ServerForTest, secret = SECRET): Promise<OpenQueue & { readonly states: string[] }> {
  const settings = givenQueue(server.url, takeQueueEnvironment({ CRONFLOW_QUEUE_SECRET: secret }));
  if (!settings) throw new Error('No settings');
  const states: string[] = [];
  const queue = await openQueue(settings, { folder, onState: ({ kind }) => states.push(kind) });
  onTestFinished(() => queue.close());
  return { ...queue, states };
}

export async function mailbox(queue: OpenQueue): Promise<Mailbox & { readonly letters: string[] }> {
  const letters: string[] = [];
  const box = await queue.openMailbox(randomUUID(), letter => letters.push(letter));
  onTestFinished(() => box.close());
  return { ...box, letters };
}
