import { createBirpc } from 'birpc';
import type { StudioApi, StudioEvents } from './api.ts';
import type { Host } from '../host.ts';
import type { Listener } from './outbox.ts';

/** A connection to one page, whichever shell shows it. Where only text can be sent, `wire.ts` converts the messages. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** How many bytes wait to be sent, where that is known. */
  backlog?(): number;
}

/** A page that has this much left to receive gets nothing new until it has received it. */
const MOST_BACKLOG = 8 * 1024 * 1024;

/**
 * Connects the host to a page. Messages of the page are not trusted: an invalid one is dropped, and only the host's own
 * methods can be called. Returns a function that ends the connection and stops all watching.
 */
export function connect(host: Host, channel: Channel): () => void {
  // The page answers each event when it has received it, so that outbox.ts can send less to a slow one.
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
    // By default birpc reads a property, which would find `constructor` on most objects.
    resolver: (name, method) => (Object.hasOwn(connection.api, name) ? method : undefined),
    // By default birpc throws where nobody catches it, so that one message that cannot be sent would end the process.
    onGeneralError: () => true,
  });
  return () => {
    open = false;
    connection.close();
    rpc.$close();
  };
}

/** Whether it is a call or an answer of birpc, in those fields that birpc reads. */
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
