import type { Directory } from '../directory.ts';
import type { OpenMailbox } from '../mailbox.ts';
import { shownAddress } from '../queue-address.ts';
import { QueueError } from '../queue-error.ts';
import type { QueueSettings } from '../queue-settings.ts';
import { inBackground, inForeground } from './background.ts';
import { CARDS, openDirectory } from './directory.ts';
import { clearMailbox, openMailbox } from './mailbox.ts';
import { MailboxRegister, MAILBOXES } from './mailbox-register.ts';
import { loadPackages } from './packages.ts';
import { openPostgres } from './postgres-server.ts';
import { reasonOf, type QueueServer, type QueueState } from './queue-server.ts';
import { openRedis } from './redis-server.ts';

const HOLD_MS = 60_000;

/** The connection of this process to the server of its queues. */
export interface OpenQueue {
  /** Its address without the password. */
  readonly shown: string;
  readonly kind: 'redis' | 'postgres';
  readonly openMailbox: OpenMailbox;
  readonly directory: Directory;
  /** Removes what was left at an address whose process is gone. */
  readonly clearMailbox: (address: string) => Promise<void>;
  /** From now on, it does not keep the process alive. */
  release(): void;
  /** What was opened through it is closed first. */
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Where the packages of the project are installed. */
  readonly folder: string;
  readonly onState?: (state: QueueState) => void;
}

/** @throws QueueError when a package is missing, or the server cannot be used now */
export async function openQueue(
  settings: QueueSettings,
  { folder, onState = () => {} }: QueueOptions,
): Promise<OpenQueue> {
  const { address, secret } = settings;
  const release = hold();
  const server = await inBackground(() => openServer(settings, folder, onChange(onState))).catch((error: unknown) => {
    release();
    throw error;
  });
  const [cards, mailboxes] = [server.queue(CARDS), server.queue(MAILBOXES)];
  const close = async () => {
    await cards.close();
    await mailboxes.close();
    await server.close();
    release();
  };
  try {
    // One whose server goes away before it is ready is of no use any more.
    await Promise.all([cards.waitUntilReady(), mailboxes.waitUntilReady()]);
  } catch (error) {
    await server.close();
    release();
    throw new QueueError(`The queue at ${shownAddress(address)} cannot be used: ${reasonOf(error)}`);
  }
  const clear = (mailbox: string) => clearMailbox(server, mailbox);
  const directory = openDirectory(cards, { secret, now: () => performance.now(), clear });
  const register = new MailboxRegister(mailboxes, {
    secret,
    now: () => server.now(),
    clear: async mailbox => {
      await clear(mailbox);
      // Of a worker that was killed when no run was there to see it.
      await directory.withdraw(mailbox);
    },
  });
  let closed: Promise<void> | undefined;
  return {
    shown: shownAddress(address),
    kind: address.kind,
    openMailbox: (own, onLetter) => {
      const tell = (letter: string) => inForeground(() => onLetter(letter));
      const { close: closeBox, ...box } = inBackground(() => openMailbox(server, own, tell));
      const forget = register.keep(own);
      return Promise.resolve({ ...box, close: async () => void (await Promise.all([closeBox(), forget()])) });
    },
    directory,
    clearMailbox: clear,
    release,
    close: () => (closed ??= close()),
  };
}

/** @throws QueueError when a package is missing, or the server cannot be used now */
export function openServer(
  settings: QueueSettings,
  folder: string,
  onState: (state: QueueState) => void,
): Promise<QueueServer> {
  const { address } = settings;
  switch (address.kind) {
    case 'redis':
      return openRedis({ ...settings, address }, loadPackages('redis', folder), onState);
    case 'postgres':
      return openPostgres({ ...settings, address }, loadPackages('postgres', folder), onState);
  }
}

/** Keeps the process alive until it is told otherwise. */
function hold(): () => void {
  const timer = setInterval(() => undefined, HOLD_MS);
  return () => clearInterval(timer);
}

/** Only what changes is worth telling. */
function onChange(onState: (state: QueueState) => void): (state: QueueState) => void {
  let last: QueueState['kind'] | undefined;
  return state => {
    if (state.kind === last) return;
    last = state.kind;
    inForeground(() => onState(state));
  };
}
