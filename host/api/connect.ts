import { createBirpc } from 'birpc';
import type { StudioApi, StudioEvents } from './api.ts';
import type { Host } from '../host.ts';
import type { Listener } from './outbox.ts';

/** A way to one page, whichever shell shows it. Where only texts can be sent, `wire.ts` makes them of messages. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Bytes that wait to be sent, where that is known. */
  backlog?(): number;
}

/** A page that has so much still to take is told nothing new until it has taken it. */
const MOST_BACKLOG = 8 * 1024 * 1024;

/**
 * Ties the host to a page. What the page says is not trusted: an invalid message is dropped, and only the
 * host's own methods can be called. Returns what ends the connection, with all it watches.
 */
export function connect(host: Host, channel: Channel): () => void {
  // The page answers each event when it has taken it. One that is slow is told less, see outbox.ts.
  const listener: Listener = (event, payload) => rpc.$callRaw({ method: event, args: [payload] });
  let open = true;
  const connection = host.open(listener, () => (channel.backlog?.() ?? 0) > MOST_BACKLOG);
  const rpc = createBirpc<StudioEvents, StudioApi, false>(connection.api, {
    post: message => channel.send(message),
    on: hear =>
      channel.onMessage(message => {
        if (open && isMessage(message)) hear(message);
      }),
    timeout: -1,
    proxify: false,
    // By default a plain property read, which would find `constructor` on any other object.
    resolver: (name, method) => (Object.hasOwn(connection.api, name) ? method : undefined),
    // By default thrown where nobody catches it: one message that cannot be sent would end the process.
    onGeneralError: () => true,
  });
  return () => {
    open = false;
    connection.close();
    rpc.$close();
  };
}

/** Whether it is a call of birpc's or an answer to one, as far as birpc looks at it. */
function isMessage(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('t' in message)) return false;
  const { t: type, m: method, a: args, i: id, o: optional } = message as Record<string, unknown>;
  if (type === 's') return typeof id === 'string';
  return (
    type === 'q' &&
    typeof method === 'string' &&
    Array.isArray(args) &&
    (id === undefined || typeof id === 'string') &&
    (optional === undefined || typeof optional === 'boolean')
  );
}
