import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that have not shown the secret of this launch. A page needs a handful, and each only until its first request. */
export const MOST_STRANGERS = 128;
/** All connections together. The difference leaves room for pages, and for the connections the system hands over in one go (its queue has 511). */
export const MOST_CONNECTIONS = 1_024;

/**
 * Keeps strangers from locking out a page: when there are too many of them, the connection that has been one for the longest time is ended,
 * not the newest one refused. A page shows the secret with its first request, so it is a stranger for a few milliseconds.
 */
export class ConnectionLimits {
  /** In the order in which they came. */
  readonly #strangers = new Set<Socket>();

  constructor(server: Server) {
    server.maxConnections = MOST_CONNECTIONS;
    server.on('connection', socket => this.#add(socket));
  }

  /** The connection has shown the secret: it is not ended for others. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket);
  }

  #add(socket: Socket): void {
    this.#strangers.add(socket);
    socket.once('close', () => this.#strangers.delete(socket));
    const [oldest] = this.#strangers;
    if (this.#strangers.size <= MOST_STRANGERS || oldest === undefined) return;
    this.#strangers.delete(oldest);
    oldest.destroy();
  }
}
