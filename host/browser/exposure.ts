import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4 } from 'node:net';

/*
 * Who has the token has the rights of the user that Cronflow runs as, and without TLS everybody on the way can read it. So
 * it listens beyond this machine only when somebody has said how it is kept.
 */

export interface Exposure {
  /** `--host`: an address or a name. */
  readonly host: string;
  readonly publicUrl: URL | undefined;
  readonly tlsInFront: boolean;
  readonly withoutTls: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only programs of this machine can connect to the address, or to any that the name stands for. Rejects if there is none. */
export async function isLoopback(host: string): Promise<boolean> {
  const addresses = await lookup(host, { all: true });
  return addresses.every(({ address }) => LOOPBACK.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'));
}

/** Why it must not be served so, and what to do; undefined if it may be. */
export async function exposureFault({
  host,
  publicUrl,
  tlsInFront,
  withoutTls,
}: Exposure): Promise<string | undefined> {
  if (tlsInFront && withoutTls)
    return '--tls-in-front and --without-tls contradict each other. Give the one that is true.';
  const scheme = publicUrl?.protocol;
  if (tlsInFront && scheme === 'http:')
    return `--tls-in-front says that browsers use TLS, and --public-url ${publicUrl} says http. Give its https address.`;
  if (withoutTls && scheme === 'https:')
    return `--without-tls says that there is no TLS, and --public-url ${publicUrl} says https. Give --tls-in-front instead.`;
  if (scheme === 'http:' && !withoutTls && !(await isOfThisMachine(publicUrl)))
    return `--public-url ${publicUrl} is without TLS: everybody on the way can read the token, which gives your rights. Give an https address. If the network itself is encrypted (a VPN), say so with --without-tls.`;
  if (await isLoopback(host)) return undefined;
  const beyond = `--host ${host} listens beyond this machine. Who reads the token on the way has your rights.`;
  if (!tlsInFront && !withoutTls)
    return `${beyond} Put a reverse proxy with TLS in front of it, and say so: --tls-in-front --public-url https://<its name>/. Where the port is published on this machine only, or the network is encrypted: --without-tls --public-url http://<its name>/. See docs/server.md.`;
  if (publicUrl === undefined)
    return `--host ${host} needs --public-url: the address that browsers use. Requests with another Host are refused.`;
  return undefined;
}

/** A name that only the browsers' machines know is none of this one. */
async function isOfThisMachine(url: URL | undefined): Promise<boolean> {
  // An address of IPv6 stands in brackets in a URL.
  const name = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  return await isLoopback(name).catch(() => false);
}
