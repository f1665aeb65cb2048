import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { connect } from './connect.ts';
import type { Host } from './host.ts';
import { pack, unpack } from './wire.ts';

/*
 * The browser shell. It listens on this machine only, and lets in only who has the token of this launch: other pages in
 * the same browser cannot read it (no CORS), cannot open the socket (Origin), and cannot come by another name (Host).
 */

export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'", "script-src 'self'", "worker-src 'self' blob:", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:",
  "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const LARGEST_MESSAGE = 8 * 1024 * 1024;

export interface ServeOptions {
  readonly host: Host;
  /** The built page: a folder with index.html. */
  readonly page: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface Served {
  /** The address that lets a browser in, token included. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the app to browsers on this machine. */
export async function serve({ host, page, port }: ServeOptions): Promise<Served> {
  const token = randomBytes(24).toString('base64url');
  const files = sirv(page, { single: false, etag: true });
  const server = createServer((request, response) => {
    const door = new Door(server, token);
    if (!door.isByName(request)) return refuse(response, 403, 'This address is for this machine only.');
    const given = new URL(request.url ?? '/', 'http://localhost').searchParams.get('token');
    if (given !== null) return door.isToken(given) ? letIn(response, door, token) : refuse(response, 401, 'This link is of another launch. Open the one that was printed last.');
    if (!door.hasCookie(request)) return refuse(response, 401, 'Open the link that Cronflow printed when it started.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only for reading.');
    setHeaders(response);
    return files(request, response, () => refuse(response, 404, 'Not here.'));
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on('upgrade', (request, socket, head) => {
    const door = new Door(server, token);
    if (request.url !== '/ws' || !door.isByName(request) || !door.isFromOurPage(request) || !door.hasCookie(request)) return hangUp(socket);
    sockets.handleUpgrade(request, socket, head, webSocket => {
      const disconnect = connect(host, {
        send: message => { if (webSocket.readyState === webSocket.OPEN) webSocket.send(pack(message)); },
        onMessage: listener => webSocket.on('message', data => {
          const message = unpacked(String(data));
          if (message !== undefined) listener(message);
        }),
        backlog: () => webSocket.bufferedAmount,
      });
      webSocket.on('close', disconnect);
      // A frame that breaks the protocol ends its connection, and nothing else.
      webSocket.on('error', () => webSocket.terminate());
    });
  });

  await listen(server, port);
  return {
    url: `http://127.0.0.1:${portOf(server)}/?token=${token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** Who may come in. */
class Door {
  readonly #port: number;
  readonly #token: string;

  constructor(server: Server, token: string) {
    this.#port = portOf(server);
    this.#token = token;
  }

  /** By one of our own names: a page of another site whose name was made to lead here (DNS rebinding) comes by its own. */
  isByName({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.#port}` || headers.host === `localhost:${this.#port}`;
  }

  isFromOurPage({ headers }: IncomingMessage): boolean {
    return headers.origin === `http://${headers.host}`;
  }

  isToken(given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(this.#token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  hasCookie({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(';').map(cookie => cookie.trim());
    return cookies.some(cookie => cookie.startsWith(`${this.cookieName}=`) && this.isToken(cookie.slice(this.cookieName.length + 1)));
  }

  /** Cookies know hosts, not ports: two launches must not take each other's. */
  get cookieName(): string {
    return `cronflow-${this.#port}`;
  }
}

/** The token moves from the address, which is kept in histories, into a cookie that scripts cannot read. */
function letIn(response: ServerResponse, door: Door, token: string): void {
  setHeaders(response);
  response.writeHead(302, { 'set-cookie': `${door.cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`, location: '/' }).end();
}

function refuse(response: ServerResponse, status: number, why: string): void {
  setHeaders(response);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

function setHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-cache');
}

function hangUp(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
}

function unpacked(text: string): unknown {
  try {
    return unpack(text);
  } catch {
    return undefined; // Not a message: dropped, as `connect` drops those that make no sense.
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}
