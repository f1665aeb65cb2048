import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readPublicUrl } from '../../host/browser/site.ts';
import type { ServeOptions } from '../../host/browser/serve.ts';
import { ServedApp, call } from './served.ts';

/* The server as a proxy on this machine asks it, for people who open another name. */

const TOKEN = 'a-token-that-is-in-a-file-0123456789';
const ORIGIN = 'https://studio.example.org';
const HOST = 'studio.example.org';

const open = async (options: Partial<ServeOptions> = {}) =>
  await ServedApp.open({ publicUrl: readPublicUrl(`${ORIGIN}/`), token: TOKEN, signIn: true, ...options });

let app: ServedApp;
beforeAll(async () => {
  app = await open();
});
afterAll(async () => {
  await app.close();
});

const asked = (place: string, headers: Record<string, string> = {}) =>
  app.ask(place, { headers: { host: HOST, ...headers } });
const signIn = async (headers: Record<string, string>, body: string, place = '/') =>
  await app.ask(place, {
    method: 'POST',
    headers: { host: HOST, origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });

describe('behind a proxy', () => {
  test('the page and its socket are there by the public name, with the cookie for TLS only', async () => {
    const { cookie, key } = app;
    const entered = await asked(`/?token=${TOKEN}`);
    expect(entered).toMatchObject({ status: 303, headers: { location: `/#key=${key}` } });
    expect(entered.headers['set-cookie']).toEqual([`${cookie}; HttpOnly; SameSite=Lax; Path=/; Secure`]);
    expect((await asked('/', { cookie })).body).toContain('the page');
    const socket = await app.socket({ host: HOST, origin: ORIGIN, cookie });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    expect(await call(socket, 'hello', {})).toHaveProperty('r');
    socket.terminate();
  });

  test('nobody by another name: not by that of this machine, nor by one that only X-Forwarded-Host has', async () => {
    const { cookie, port } = app;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `${HOST}:${port}`, 'evil.example', `${HOST}.`]) {
      const headers = { host, cookie, 'x-forwarded-host': HOST, 'x-forwarded-proto': 'https' };
      expect(await app.ask('/', { headers }), host).toMatchObject({
        status: 403,
        body: `This server answers only as ${HOST}. Let the proxy pass on the Host (in nginx: proxy_set_header Host $http_host).\n`,
      });
      for (const origin of [ORIGIN, `http://${host}`, `https://${host}`])
        expect(await app.socket({ ...headers, origin }), host).toBe(403);
    }
  });

  test('the socket is for pages that came with TLS', async () => {
    const { cookie } = app;
    for (const origin of [`http://${HOST}`, `${ORIGIN}:8443`, 'https://example.org', 'null'])
      expect(await app.socket({ host: HOST, origin, cookie }), origin).toBe(403);
  });

  test('who the proxy says came without TLS is refused; with it, through however many proxies, let in', async () => {
    const { cookie } = app;
    for (const proto of ['http', 'HTTP', 'http, https', ' http ']) {
      expect(await asked('/', { cookie, 'x-forwarded-proto': proto }), proto).toMatchObject({ status: 403 });
      expect(await asked(`/?token=${TOKEN}`, { 'x-forwarded-proto': proto }), proto).toMatchObject({ status: 403 });
      const socket = await app.socket({ host: HOST, origin: ORIGIN, cookie, 'x-forwarded-proto': proto });
      expect(socket, proto).toBe(403);
    }
    for (const proto of ['https', 'https, http', ''])
      expect(await asked('/', { cookie, 'x-forwarded-proto': proto }), proto).toMatchObject({ status: 200 });
  });
});

describe('the token of a file', () => {
  test('is asked for by a form, which no address and no other page has part in', async () => {
    expect(app.url).toBe(`${ORIGIN}/`);
    const form = await asked('/');
    expect(form).toMatchObject({ status: 401, headers: { 'cache-control': 'no-store' } });
    expect(form.body).toContain('<form method="post" action="/">');
    expect(form.headers['content-security-policy']).toMatch(/script-src 'self';.*form-action 'self'/);
    expect(await signIn({}, `token=${TOKEN}`)).toMatchObject({
      status: 303,
      headers: { location: `/#key=${app.key}`, 'set-cookie': [expect.stringContaining(app.cookie) as string] },
    });
  });

  test.each([
    ['another token', {}, 'token=another-token-another-token-another'],
    ['none', {}, ''],
    ['in another field', {}, `tokens=${TOKEN}`],
    ['from a page of another site', { origin: 'https://evil.example' }, `token=${TOKEN}`],
    ['from a page without an address', { origin: 'null' }, `token=${TOKEN}`],
    ['as something else than a form', { 'content-type': 'text/plain' }, `token=${TOKEN}`],
    ['behind more than a token can be', {}, `more=${'x'.repeat(5_000)}&token=${TOKEN}`],
  ])('lets nobody in with %s', async (_what, headers, body) => {
    const answer = await signIn(headers, body);
    expect(answer).toMatchObject({ status: 401, body: expect.stringContaining('not the token') as string });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is taken at the one address of the form only', async () => {
    for (const place of ['/index.html', '/ws', '/?a', '//'])
      expect(await signIn({}, `token=${TOKEN}`, place), place).toMatchObject({ status: 405 });
  });

  test('still lets in a page of before a restart', async () => {
    const next = await open();
    onTestFinished(async () => await next.close());
    expect(next.key).toBe(app.key);
  });
});

test('under a path, all is below it, and nothing beside it', async () => {
  const below = await open({ publicUrl: readPublicUrl(`${ORIGIN}/tools/studio`) });
  onTestFinished(async () => await below.close());
  const { cookie, key } = below;
  const at = (place: string) => below.ask(place, { headers: { host: HOST, cookie } });

  expect(below.url).toBe(`${ORIGIN}/tools/studio/`);
  expect(await at(`/tools/studio?token=${TOKEN}`)).toMatchObject({
    status: 303,
    headers: { location: `/tools/studio/?token=${TOKEN}` },
  });
  const entered = await at(`/tools/studio/?token=${TOKEN}`);
  expect(entered.headers.location).toBe(`/tools/studio/#key=${key}`);
  expect(entered.headers['set-cookie']?.[0]).toContain('Path=/tools/studio/;');
  expect(await at('/tools/studio/')).toMatchObject({ status: 200 });
  expect(await at('/tools/studio/assets/app.js')).toMatchObject({ status: 200 });

  for (const place of [
    '/',
    '/assets/app.js',
    '/tools/',
    '/tools/studios/',
    '/tools/studio/../../secret.txt',
    '/tools/studio/..%2f..%2fsecret.txt',
    '/x/../tools/studio/assets/app.js',
    '/tools/studio//secret.txt',
  ]) {
    const { status, body } = await at(place);
    expect([400, 404], place).toContain(status);
    expect(body, place).not.toContain(ServedApp.SECRET);
  }
  const headers = { host: HOST, origin: ORIGIN, cookie };
  expect(await below.socket(headers, '/ws', ['cronflow', key])).toBe(403);
  const socket = await below.socket(headers, '/tools/studio/ws', ['cronflow', key]);
  expect(typeof socket).toBe('object');
  if (typeof socket === 'object') socket.terminate();
});

describe('a page that says nothing', () => {
  test('is pinged, so that a proxy does not end its connection, and stays', async () => {
    const own = await open({ pingMs: 20 });
    onTestFinished(async () => await own.close());
    const socket = await own.socket({ host: HOST, origin: ORIGIN, cookie: own.cookie });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    let pings = 0;
    socket.on('ping', () => (pings += 1));
    await expect.poll(() => pings).toBeGreaterThan(3);
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
  });

  test('and that does not answer is gone', async () => {
    const own = await open({ pingMs: 50 });
    onTestFinished(async () => await own.close());
    const socket = await own.socket({ host: HOST, origin: ORIGIN, cookie: own.cookie });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    // As if its machine had lost the network: what comes is not read, and nothing is answered.
    socket.pause();
    const since = Date.now();
    while (Date.now() - since < 500 && socket.readyState === socket.OPEN) await wait(20);
    socket.resume();
    await expect.poll(() => socket.readyState).toBe(socket.CLOSED);
  });
});

test('without a public address, it does not listen beyond this machine', async () => {
  await expect(ServedApp.open({ address: '0.0.0.0' })).rejects.toThrow('0.0.0.0 is beyond this machine');
});
