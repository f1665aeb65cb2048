import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Site } from './site.ts';

/** The subprotocol of the socket. The page sends its key beside it, because it cannot set any other header of a socket. */
export const SUBPROTOCOL = 'cronflow';

/** Checks who may use the server. */
export class AccessGuard {
  readonly #site: Site;
  readonly #port: number;
  readonly #token: string;

  constructor(site: Site, port: number, token: string) {
    this.#site = site;
    this.#port = port;
    this.#token = token;
  }

  get key(): string {
    return this.#secret('key');
  }

  /**
   * What a browser keeps. Links to a public site stand in mails and chats, and `Strict` would show the sign-in to those who
   * are signed in; `Lax` sends the cookie when such a link is followed, which only reads, and never with a foreign page's
   * other requests.
   */
  get cookieToSet(): string {
    const { base, scheme, isPublic } = this.#site;
    return `${this.cookie}; HttpOnly; SameSite=${isPublic ? 'Lax' : 'Strict'}; Path=${base}${scheme === 'https' ? '; Secure' : ''}`;
  }

  get cookie(): string {
    return this.#cookiePrefix + this.#secret('cookie');
  }

  /** Whether the request uses a name of ours. A page whose own name resolves to this machine (DNS rebinding) uses its own. */
  isByName({ headersDistinct }: IncomingMessage): boolean {
    const host = onlyOne(headersDistinct.host);
    return host !== undefined && this.#site.names.includes(host);
  }

  /**
   * Whether the proxy says that the browser came without TLS, although there is to be some. Who asks can write this header, too,
   * but only to be refused.
   */
  cameWithoutTls({ headers }: IncomingMessage): boolean {
    const [said = ''] = String(headers['x-forwarded-proto'] ?? '').split(',');
    return this.#site.scheme === 'https' && said.trim().toLowerCase() === 'http';
  }

  isFromOurPage({ headersDistinct }: IncomingMessage): boolean {
    const host = onlyOne(headersDistinct.host);
    return host !== undefined && onlyOne(headersDistinct.origin) === `${this.#site.scheme}://${host}`;
  }

  isToken(given: string): boolean {
    return isSame(given, this.#token);
  }

  /** For programs, which keep no cookie. */
  hasBearer({ headers }: IncomingMessage): boolean {
    const [, given] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    return given !== undefined && this.isToken(given);
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

/** Two headers of the same name are ambiguous: Node uses the first `Host`, other programs the last. */
function onlyOne(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
