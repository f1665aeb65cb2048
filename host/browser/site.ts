import { isIPv6 } from 'node:net';

/*
 * Where browsers find the server: by which names, under which path, with TLS or without. On this machine it follows from
 * the port; behind a reverse proxy it is what `--public-url` says. Nothing of it is taken from a request: X-Forwarded-Host
 * and its like can be written by whoever asks.
 */

export interface Site {
  /** What the `Host` of a request may be. The first is the one that the printed link has. */
  readonly names: readonly [string, ...string[]];
  readonly scheme: 'http' | 'https';
  /** The path that all of it is under: begins and ends with a slash. */
  readonly base: string;
  /** Behind a proxy, people follow links from mails and chats, and the name has the proxy's port. */
  readonly isPublic: boolean;
}

/** @param address The one that it listens on */
export function siteOfThisMachine(address: string, port: number): Site {
  const own = isIPv6(address) ? `[${address}]` : address;
  const others = ['127.0.0.1', 'localhost'].filter(name => name !== own).map(name => `${name}:${port}`);
  return { names: [`${own}:${port}`, ...others], scheme: 'http', base: '/', isPublic: false };
}

/** @param url From `readPublicUrl` */
export function publicSite(url: URL): Site {
  return {
    names: [url.host],
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    base: url.pathname,
    isPublic: true,
  };
}

/** @throws Error that says what is wrong with it */
export function readPublicUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new Error('it is not an address such as https://studio.example.org/');
  if (url.username !== '' || url.password !== '') throw new Error('it has a user or a password in it');
  if (url.search !== '' || url.hash !== '')
    throw new Error('it has a query or a fragment: leave off what begins with ? or #');
  // One way to write a path, so that comparing texts is enough.
  if (!/^(?:\/[\w.~-]+)*\/?$/.test(url.pathname))
    throw new Error(`its path ${url.pathname} has more than letters, digits and . _ ~ -`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
