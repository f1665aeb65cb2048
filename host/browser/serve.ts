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
 * The browser shell. It listens on this machine only, and lets in only visitors with the token of this launch. Other
 * pages in the same browser cannot read its answers (no CORS), cannot open the socket (Origin), and cannot use another
 * host name (Host).
 *
 * A visitor who has used the token gets two secrets, and needs both. Scripts cannot read the cookie, but browsers send
 * it to every server of this machine on any port, and one of those may belong to another user. Only pages from this
 * port can read the key. SECURITY.md describes the threats.
 */

/** In bytes: one character can take six in JSON, and the message has a little around the text. */
export const LARGEST_MESSAGE = 6 * LARGEST_TEXT + 1_000_000;
/** A visitor that neither sends a request nor reads the answer occupies a connection for this long at most. */
const PATIENCE_MS = 10_000;
/** The subprotocol of the socket. The page sends its key beside it, because it cannot set any other header of a socket. */
const SUBPROTOCOL = 'cronflow';

/** The base that makes a URL of a request's path. It is never used as an address, and `Host` is checked separately. */
const PLACEHOLDER = 'http://placeholder.invalid';

export interface ServeOptions {
  readonly host: Host;
  /** The built page: a folder with index.html. While the page is worked on, what answers for it instead (scripts/dev-host.ts). */
  readonly page: string | PageSource;
  /** 0 chooses a free one. */
  readonly port: number;
  /** How long a visitor may take to send a request, or to receive the answer. @default 10 seconds */
  readonly patienceMs?: number | undefined;
  /** The secret of the link. One that outlives this server lets its pages connect to the next one. @default a new one */
  readonly token?: string | undefined;
}

/** Answers for the page's files. Who asks has been let in already. */
export interface PageSource {
  readonly answer: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** In the place of those of `PAGE_HEADERS`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Served {
  /** The address that lets a browser in, token included. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the app to browsers on this machine. */
export async function serve({
  host,
  page,
  port,
  patienceMs = PATIENCE_MS,
  token = randomBytes(24).toString('base64url'),
}: ServeOptions): Promise<Served> {
  const files: PageSource =
    typeof page === 'string' ? { answer: sirv(page, { single: false, etag: true }), headers: {} } : page;
  const patience = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: patienceMs / 2,
    connectionsCheckingInterval: patienceMs / 4,
  };
  const server = createServer(patience, (request, response) => {
    const guard = new AccessGuard(server, token);
    if (guard.isByName(request) && guard.hasCookie(request)) limits.trust(request.socket);
    answer(request, response, guard, files);
  });
  server.setTimeout(patienceMs);
  const limits = new ConnectionLimits(server);

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request, socket, head) => {
    // The visitor can disconnect while the answer is sent.
    socket.on('error', () => socket.destroy());
    const guard = new AccessGuard(server, token);
    if (
      request.url !== '/ws' ||
      !guard.isByName(request) ||
      !guard.isFromOurPage(request) ||
      !guard.hasCookie(request) ||
      !guard.hasKey(request)
    )
      return refuseUpgrade(socket);
    limits.trust(request.socket);
    sockets.handleUpgrade(request, socket, head, webSocket => connectPage(webSocket, host));
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

function answer(request: IncomingMessage, response: ServerResponse, guard: AccessGuard, files: PageSource): void {
  for (const [name, value] of Object.entries({ ...PAGE_HEADERS, ...files.headers })) response.setHeader(name, value);
  if (!guard.isByName(request)) return refuse(response, 403, 'This address is for this machine only.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only for reading.');
  const url = URL.parse(request.url ?? '/', PLACEHOLDER);
  // The target of a request can name a host, too (`GET http://evil.example/`, `GET //evil.example/`), which the check
  // of the header does not see.
  if (url?.origin !== PLACEHOLDER) return refuse(response, 400, 'That is no address.');
  const given = url.searchParams.get('token');
  if (given !== null)
    return guard.isToken(given)
      ? admit(response, guard)
      : refuse(response, 401, 'This link is of another launch. Open the one that was printed last.');
  if (!guard.hasCookie(request)) return refuse(response, 401, 'Open the link that Cronflow printed when it started.');
  return files.answer(request, response, () => refuse(response, 404, 'Not here.'));
}

/**
 * Connects a page to the host. A message that breaks the protocol ends the connection and nothing else: our own page
 * never sends one.
 */
function connectPage(webSocket: WebSocket, host: Host): void {
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

/** Checks who may use this server. */
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

  /**
   * Whether the request uses a name of this machine. A page of another site whose name resolves to this machine (DNS
   * rebinding) uses its own.
   */
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

  /** Nobody can derive one secret, or the token, from another. */
  #secret(purpose: string): string {
    return createHmac('sha256', this.#token).update(purpose).digest('base64url');
  }

  /** A cookie belongs to a host, not to a port. The port in its name keeps two launches apart. */
  get #cookiePrefix(): string {
    return `cronflow-${this.#port}=`;
  }
}

/**
 * Removes the token from the address, because browsers store addresses in their history. The page removes the key at
 * once (renderer/client/page-key.ts).
 */
function admit(response: ServerResponse, guard: AccessGuard): void {
  response
    .writeHead(302, {
      'set-cookie': `${guard.cookie}; HttpOnly; SameSite=Strict; Path=/`,
      location: `/#key=${guard.key}`,
    })
    .end();
}

/** Two headers of the same name are ambiguous: Node uses the first `Host`, other programs the last. */
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

/** Closes both directions: a visitor who does not leave would keep a connection that nobody counts any more. */
function refuseUpgrade(socket: Duplex): void {
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
