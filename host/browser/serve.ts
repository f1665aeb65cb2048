import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer, type WebSocket } from 'ws';
import { connect } from '../api/connect.ts';
import type { Host } from '../host.ts';
import { AccessGuard, SUBPROTOCOL } from './access-guard.ts';
import { ConnectionLimits } from './connection-limits.ts';
import { isLoopback } from './exposure.ts';
import { keepAlive } from './keep-alive.ts';
import { answerMonitoring } from './monitoring.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { askForToken, tokenOfForm } from './sign-in.ts';
import { publicSite, siteOfThisMachine, type Site } from './site.ts';
import { LARGEST_TEXT } from '../api/protocol.ts';
import { pack, unpack } from '../api/wire.ts';

/*
 * The browser shell. It listens on this machine only unless a proxy is in front of it (exposure.ts), and lets in only visitors
 * with the token. Other pages in the same browser cannot read its answers (no CORS), cannot open the socket (Origin), and
 * cannot use another host name (Host).
 *
 * A visitor who has used the token gets two secrets, and needs both. Scripts cannot read the cookie, but browsers send
 * it to every server of this machine on any port, and one of those may belong to another user. Only pages from this
 * port can read the key. SECURITY.md describes the threats.
 */

/** In bytes: one character can take six in JSON, and the message has a little around the text. */
export const LARGEST_MESSAGE = 6 * LARGEST_TEXT + 1_000_000;
/** A visitor that neither sends a request nor reads the answer occupies a connection for this long at most. */
const PATIENCE_MS = 10_000;
/** Proxies end connections that say nothing for a while: nginx after 60 s. */
const PING_MS = 30_000;
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
  /** The address to listen on. One beyond this machine needs a `publicUrl`. @default 127.0.0.1 */
  readonly address?: string | undefined;
  /** Where browsers find it when a proxy is in front (`readPublicUrl`). @default this machine, at the port */
  readonly publicUrl?: URL | undefined;
  /** Asks who comes without the token for it, and keeps it out of the link. @default false */
  readonly signIn?: boolean | undefined;
  /** How often a silent page is asked whether it is still there. @default 30 seconds */
  readonly pingMs?: number | undefined;
}

/** Answers for the page's files. Who asks has been let in already. */
export interface PageSource {
  readonly answer: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** In the place of those of `PAGE_HEADERS`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Served {
  /** The address that lets a browser in: token included, unless it asks for it (`signIn`). */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the app to browsers. */
export async function serve({
  host,
  page,
  port,
  patienceMs = PATIENCE_MS,
  token = randomBytes(24).toString('base64url'),
  address = '127.0.0.1',
  publicUrl,
  signIn = false,
  pingMs = PING_MS,
}: ServeOptions): Promise<Served> {
  if (publicUrl === undefined && !(await isLoopback(address)))
    throw new Error(`${address} is beyond this machine: say by which address browsers find it (publicUrl).`);
  const files: PageSource =
    typeof page === 'string' ? { answer: sirv(page, { single: false, etag: true }), headers: {} } : page;
  const patience = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: patienceMs / 2,
    connectionsCheckingInterval: patienceMs / 4,
  };
  const server = createServer(patience);
  server.setTimeout(patienceMs);
  const limits = new ConnectionLimits(server);
  // Before anybody can ask: the port is known when it listens, and nothing is answered before this function goes on.
  await listen(server, port, address);

  const site = publicUrl ? publicSite(publicUrl) : siteOfThisMachine(address, portOf(server));
  const guard = new AccessGuard(site, portOf(server), token);
  server.on('request', (request, response) => {
    if (guard.isByName(request) && guard.hasCookie(request)) limits.trust(request.socket);
    answer(request, response, { host, guard, site, files, signIn });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request, socket, head) => {
    // The visitor can disconnect while the answer is sent.
    socket.on('error', () => socket.destroy());
    if (
      request.url !== `${site.base}ws` ||
      !guard.isByName(request) ||
      guard.cameWithoutTls(request) ||
      !guard.isFromOurPage(request) ||
      !guard.hasCookie(request) ||
      !guard.hasKey(request)
    )
      return refuseUpgrade(socket);
    limits.trust(request.socket);
    sockets.handleUpgrade(request, socket, head, webSocket => connectPage(webSocket, host));
  });
  const stopPinging = keepAlive(sockets, pingMs);

  return {
    url: `${site.scheme}://${site.names[0]}${site.base}${signIn ? '' : `?token=${token}`}`,
    port: portOf(server),
    close: async () => {
      stopPinging();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

interface Answering {
  readonly host: Host;
  readonly guard: AccessGuard;
  readonly site: Site;
  readonly files: PageSource;
  readonly signIn: boolean;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, guard, site, files, signIn }: Answering,
): void {
  for (const [name, value] of Object.entries({ ...PAGE_HEADERS, ...files.headers })) response.setHeader(name, value);
  if (answerMonitoring(request, response, { host, guard, base: site.base })) return;
  if (!guard.isByName(request)) return refuse(response, 403, otherName(site));
  if (guard.cameWithoutTls(request))
    return refuse(response, 403, 'The proxy says that you came without TLS (X-Forwarded-Proto: http).');
  const isForm = signIn && request.method === 'POST' && request.url === site.base;
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isForm)
    return refuse(response, 405, 'Only for reading.');
  const url = URL.parse(request.url ?? '/', PLACEHOLDER);
  // The target of a request can name a host, too (`GET http://evil.example/`, `GET //evil.example/`), which the check
  // of the header does not see.
  if (url?.origin !== PLACEHOLDER) return refuse(response, 400, 'That is no address.');
  if (`${url.pathname}/` === site.base) return redirect(response, site.base + url.search);
  // Also as it is written: what follows the base is what the files are looked up by.
  if (!url.pathname.startsWith(site.base) || !request.url?.startsWith(site.base))
    return refuse(response, 404, `Not here: it is at ${site.base}.`);
  if (isForm) return void admitByForm(request, response, guard, site);
  const given = url.searchParams.get('token');
  if (given !== null)
    return guard.isToken(given)
      ? admit(response, guard, site)
      : refuse(response, 401, 'This link is of another launch. Open the one that was printed last.');
  if (!guard.hasCookie(request))
    return signIn
      ? askForToken(response, site.base)
      : refuse(response, 401, 'Open the link that Cronflow printed when it started.');
  request.url = `/${request.url.slice(site.base.length)}`;
  return files.answer(request, response, () => refuse(response, 404, 'Not here.'));
}

function otherName({ names: [name], isPublic }: Site): string {
  return isPublic
    ? `This server answers only as ${name}. Let the proxy pass on the Host (in nginx: proxy_set_header Host $http_host).`
    : 'This address is for this machine only.';
}

/** A form that breaks off, or is none, lets nobody in. */
async function admitByForm(
  request: IncomingMessage,
  response: ServerResponse,
  guard: AccessGuard,
  site: Site,
): Promise<void> {
  const given = guard.isFromOurPage(request) ? await tokenOfForm(request).catch(() => undefined) : undefined;
  if (given !== undefined && guard.isToken(given)) return admit(response, guard, site);
  response.setHeader('connection', 'close');
  askForToken(response, site.base, 'That is not the token of this server.');
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

/**
 * Removes the token from the address, because browsers store addresses in their history. The page removes the key at
 * once (renderer/client/page-key.ts).
 */
function admit(response: ServerResponse, guard: AccessGuard, site: Site): void {
  response.setHeader('set-cookie', guard.cookieToSet);
  redirect(response, `${site.base}#key=${guard.key}`);
}

/** With 303, what follows is always a GET, also after a form. */
function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
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

async function listen(server: Server, port: number, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}
