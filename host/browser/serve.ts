import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer, type WebSocket } from 'ws';
import { connect } from '../api/connect.ts';
import type { Host } from '../host.ts';
import { ConnectionLimits } from './connection-limits.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { LARGEST_TEXT } from '../api/protocol.ts';
import { pack, unpack } from '../api/wire.ts';

/*
 * The browser shell. It listens on this machine only, and lets in only who has the token of this launch: other pages in
 * the same browser cannot read it (no CORS), cannot open the socket (Origin), and cannot come by another name (Host).
 *
 * Whoever has entered has two secrets, and needs both. A cookie, which scripts cannot read; but browsers send it to every
 * server of this machine, whatever its port, and one of those may be another person's. And a key, which only pages from this
 * port can read. SECURITY.md has the threats.
 */

/** Bytes: as JSON a character may be six, and there is a little around them. */
export const LARGEST_MESSAGE = 6 * LARGEST_TEXT + 1_000_000;
/** Visitors that neither ask nor listen hold a connection each, and no longer than this. */
const PATIENCE_MS = 10_000;
/** What the page and we speak over the socket. Beside it the page names its key: a socket's other headers are not the page's to set. */
const SUBPROTOCOL = 'cronflow';

/** Makes a URL of a request's path. No request can name it: it is no address of ours, and `Host` is checked apart from it. */
const PLACEHOLDER = 'http://placeholder.invalid';

export interface ServeOptions {
  readonly host: Host;
  /** The built page: a folder with index.html. */
  readonly page: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How long a visitor may take to ask, or to take an answer. @default 10 seconds */
  readonly patienceMs?: number | undefined;
}

export interface Served {
  /** The address that lets a browser in, token included. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the app to browsers on this machine. */
export async function serve({ host, page, port, patienceMs = PATIENCE_MS }: ServeOptions): Promise<Served> {
  const token = randomBytes(24).toString('base64url');
  const files = sirv(page, { single: false, etag: true });
  const patience = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: patienceMs / 2,
    connectionsCheckingInterval: patienceMs / 4,
  };
  const server = createServer(patience, (request, response) => {
    const door = new AccessGuard(server, token);
    if (door.isByName(request) && door.hasCookie(request)) limits.trust(request.socket);
    answer(request, response, door, files);
  });
  server.setTimeout(patienceMs);
  const limits = new ConnectionLimits(server);

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request, socket, head) => {
    // Whoever asked may go away while being refused.
    socket.on('error', () => socket.destroy());
    const door = new AccessGuard(server, token);
    if (
      request.url !== '/ws' ||
      !door.isByName(request) ||
      !door.isFromOurPage(request) ||
      !door.hasCookie(request) ||
      !door.hasKey(request)
    )
      return hangUp(socket);
    limits.trust(request.socket);
    sockets.handleUpgrade(request, socket, head, webSocket => converse(webSocket, host));
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

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  door: AccessGuard,
  files: ReturnType<typeof sirv>,
): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  if (!door.isByName(request)) return refuse(response, 403, 'This address is for this machine only.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only for reading.');
  const url = URL.parse(request.url ?? '/', PLACEHOLDER);
  // A target can name a host as well (`GET http://evil.example/`, `GET //evil.example/`), past the check of the header.
  if (url?.origin !== PLACEHOLDER) return refuse(response, 400, 'That is no address.');
  const given = url.searchParams.get('token');
  if (given !== null)
    return door.isToken(given)
      ? letIn(response, door)
      : refuse(response, 401, 'This link is of another launch. Open the one that was printed last.');
  if (!door.hasCookie(request)) return refuse(response, 401, 'Open the link that Cronflow printed when it started.');
  return files(request, response, () => refuse(response, 404, 'Not here.'));
}

/** A page talks to the host. What breaks the protocol, or is no message at all, ends the connection and nothing else: our own page sends neither. */
function converse(webSocket: WebSocket, host: Host): void {
  const disconnect = connect(host, {
    send: message => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(pack(message));
    },
    onMessage: listener =>
      webSocket.on('message', (data, isBinary) => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        const message = isBinary ? undefined : unpacked(String(data));
        if (message === undefined) webSocket.terminate();
        else listener(message);
      }),
    backlog: () => webSocket.bufferedAmount,
  });
  webSocket.on('close', disconnect);
  webSocket.on('error', () => webSocket.terminate());
}

/** Who may come in. */
class AccessGuard {
  readonly #port: number;
  readonly #token: string;

  constructor(server: Server, token: string) {
    this.#port = portOf(server);
    this.#token = token;
  }

  get cookie(): string {
    return this.#cookiePrefix + this.#secret('cookie');
  }

  get key(): string {
    return this.#secret('key');
  }

  /** By one of our own names: a page of another site whose name was made to lead here (DNS rebinding) comes by its own. */
  isByName({ headersDistinct }: IncomingMessage): boolean {
    const host = onlyOne(headersDistinct.host);
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }

  isFromOurPage({ headersDistinct }: IncomingMessage): boolean {
    const host = onlyOne(headersDistinct.host);
    return host !== undefined && onlyOne(headersDistinct.origin) === `http://${host}`;
  }

  isToken(given: string): boolean {
    return isSame(given, this.#token);
  }

  hasCookie({ headers }: IncomingMessage): boolean {
    return (headers.cookie ?? '').split(';').some(cookie => isSame(cookie.trim(), this.cookie));
  }

  hasKey({ headers }: IncomingMessage): boolean {
    const [subprotocol, key = ''] = (headers['sec-websocket-protocol'] ?? '').split(',').map(part => part.trim());
    return subprotocol === SUBPROTOCOL && isSame(key, this.key);
  }

  /** None of them tells another, nor the token. */
  #secret(purpose: string): string {
    return createHmac('sha256', this.#token).update(purpose).digest('base64url');
  }

  /** Cookies know hosts, not ports: two launches must not take each other's. */
  get #cookiePrefix(): string {
    return `cronflow-${this.#port}=`;
  }
}

/**
 * The token leaves the address, because browsers store addresses in their history. The page removes the key that replaces
 * it at once (renderer/client/page-key.ts).
 */
function letIn(response: ServerResponse, door: AccessGuard): void {
  response
    .writeHead(302, {
      'set-cookie': `${door.cookie}; HttpOnly; SameSite=Strict; Path=/`,
      location: `/#key=${door.key}`,
    })
    .end();
}

/** Of two headers of a name nobody knows which one is meant: Node takes the first one of `Host`, others the last. */
function onlyOne(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

/** Both ways: one who is refused and does not go would keep a connection that nobody counts any more. */
function hangUp(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n', () => socket.destroy());
}

function unpacked(text: string): unknown {
  try {
    return unpack(text);
  } catch {
    return undefined; // Not a message.
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
