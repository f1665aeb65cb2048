import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * How many connections may not have shown the secret of this launch. A page needs a few, and each only until its first
 * request.
 */
export const MOST_STRANGERS = 128;
/**
 * How many connections there may be in all. The difference leaves room for pages, and for those that the system hands
 * over at once (its queue holds 511).
 */
export const MOST_CONNECTIONS = 1_024;

/**
 * Prevents strangers from locking out a page. When there are too many strangers, the oldest of them is disconnected,
 * rather than the newest refused. A page shows the secret with its first request, so it is a stranger for a few
 * milliseconds only.
 */
export class ConnectionLimits {
  /** The oldest first. */
  readonly #strangers = new Set<Socket>();

  constructor(server: Server) {
    server.maxConnections = MOST_CONNECTIONS;
    server.on('connection', socket => this.#add(socket));
  }

  /** The connection has shown the secret, so it is not disconnected for others. */
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
