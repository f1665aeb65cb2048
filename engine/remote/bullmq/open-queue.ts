import type { Directory } from '../directory.ts';
import type { OpenMailbox } from '../mailbox.ts';
import { shownAddress } from '../queue-address.ts';
import type { QueueSettings } from '../queue-settings.ts';
import { CARDS, openDirectory } from './directory.ts';
import { clearMailbox, openMailbox } from './mailbox.ts';
import { loadPackages } from './packages.ts';
import { openPostgres } from './postgres-server.ts';
import type { QueueServer, QueueState } from './queue-server.ts';
import { openRedis } from './redis-server.ts';

/** The connection of this process to the server of its queues. */
export interface OpenQueue {
  /** Its address without the password. */
  readonly shown: string;
  readonly kind: 'redis' | 'postgres';
  readonly openMailbox: OpenMailbox;
  readonly directory: Directory;
  /** Removes what was left at an address whose process is gone. */
  readonly clearMailbox: (address: string) => Promise<void>;
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
  const { address } = settings;
  const server = await openServer(settings, folder, onChange(onState));
  const cards = server.queue(CARDS);
  const close = async () => {
    await cards.close();
    await server.close();
  };
  const clear = (mailbox: string) => clearMailbox(server, mailbox);
  let closed: Promise<void> | undefined;
  return {
    shown: shownAddress(address),
    kind: address.kind,
    openMailbox: (own, onLetter) => Promise.resolve(openMailbox(server, own, onLetter)),
    directory: openDirectory(cards, { secret: settings.secret, now: () => performance.now(), clear }),
    clearMailbox: clear,
    close: () => (closed ??= close()),
  };
}

function openServer(
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

/** Only what changes is worth telling. */
function onChange(onState: (state: QueueState) => void): (state: QueueState) => void {
  let last: QueueState['kind'] | undefined;
  return state => {
    if (state.kind === last) return;
    last = state.kind;
    onState(state);
  };
}
