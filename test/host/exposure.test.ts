import { describe, expect, test } from 'vitest';
import { exposureFault } from '../../host/browser/exposure.ts';
import { publicSite, readPublicUrl, siteOfThisMachine } from '../../host/browser/site.ts';

const fault = async (host: string, url?: string, more: { tlsInFront?: boolean; withoutTls?: boolean } = {}) =>
  await exposureFault({
    host,
    publicUrl: url === undefined ? undefined : readPublicUrl(url),
    tlsInFront: more.tlsInFront ?? false,
    withoutTls: more.withoutTls ?? false,
  });

const HTTPS = 'https://studio.example.org/';

describe('who may connect to `serve`', () => {
  test.each([
    ['127.0.0.1', undefined, {}],
    ['127.9.9.9', undefined, {}],
    ['::1', undefined, {}],
    ['127.0.0.1', HTTPS, {}],
    ['127.0.0.1', 'http://localhost:8080/', {}],
    ['0.0.0.0', HTTPS, { tlsInFront: true }],
    ['::', HTTPS, { tlsInFront: true }],
    ['192.0.2.1', 'http://10.0.0.5:8080/', { withoutTls: true }],
    ['127.0.0.1', 'http://10.0.0.5:8080/', { withoutTls: true }],
  ])('%s as %s with %o is served', async (host, url, more) => {
    expect(await fault(host, url, more)).toBeUndefined();
  });

  test.each([
    ['beyond this machine, and nobody says how it is kept', '0.0.0.0', undefined, {}, '--tls-in-front'],
    ['so for all addresses of IPv6', '::', undefined, {}, '--tls-in-front'],
    ['and for an address of a network', '192.0.2.1', HTTPS, {}, '--tls-in-front'],
    ['an address of IPv4 written in IPv6 is that of IPv4', '::ffff:192.0.2.1', undefined, {}, '--tls-in-front'],
    ['TLS is in front, of which address is not said', '0.0.0.0', undefined, { tlsInFront: true }, '--public-url'],
    ['no TLS, and it says https', '0.0.0.0', HTTPS, { withoutTls: true }, '--tls-in-front instead'],
    ['TLS, and it says http', '0.0.0.0', 'http://studio.example.org/', { tlsInFront: true }, 'https address'],
    ['both', '0.0.0.0', HTTPS, { tlsInFront: true, withoutTls: true }, 'contradict'],
    ['a proxy without TLS on this machine', '127.0.0.1', 'http://192.0.2.1/', {}, 'everybody on the way'],
  ])('refused: %s', async (_why, host, url, more, says) => {
    expect(await fault(host, url, more)).toContain(says);
  });
});

describe('where browsers find it', () => {
  test('on this machine by its names, with the port', () => {
    expect(siteOfThisMachine('127.0.0.1', 80).names).toEqual(['127.0.0.1:80', 'localhost:80']);
    expect(siteOfThisMachine('::1', 80).names).toEqual(['[::1]:80', '127.0.0.1:80', 'localhost:80']);
  });

  test('in public by one name, under its path', () => {
    expect(publicSite(readPublicUrl('https://Studio.example.org:443/a/b'))).toEqual({
      names: ['studio.example.org'],
      scheme: 'https',
      base: '/a/b/',
      isPublic: true,
    });
    expect(publicSite(readPublicUrl('https://studio.example.org:8443')).names).toEqual(['studio.example.org:8443']);
  });

  test.each([
    ['studio.example.org', 'not an address'],
    ['ftp://studio.example.org/', 'not an address'],
    ['https://ada:secret@studio.example.org/', 'a user or a password'],
    ['https://studio.example.org/?a=1', 'a query'],
    ['https://studio.example.org/#a', 'a fragment'],
    ['https://studio.example.org/a%2fb', 'its path'],
    ['https://studio.example.org//a', 'its path'],
    ['https://studio.example.org/";/', 'its path'],
  ])('%s is refused', (url, why) => {
    expect(() => readPublicUrl(url)).toThrow(why);
  });
});
