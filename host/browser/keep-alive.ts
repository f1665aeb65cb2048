import type { WebSocket, WebSocketServer } from 'ws';

/**
 * Pings all pages, so that no proxy takes a page that has nothing to say for gone, and ends the connections of pages that
 * have not answered the ping before: a proxy can keep ours open when theirs is long lost.
 *
 * @returns stops it
 */
export function keepAlive(sockets: WebSocketServer, everyMs: number): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.once('pong', () => silent.delete(socket));
      socket.ping();
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
