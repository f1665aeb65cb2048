import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../host/browser/page-headers.ts';
import { LARGEST_TEXT } from '../../host/api/protocol.ts';
import { LARGEST_MESSAGE } from '../../host/browser/serve.ts';
import { pack } from '../../host/api/wire.ts';
import { ServedApp, call, closed } from './served.ts';

let app: ServedApp;
let other: ServedApp;
beforeAll(async () => {
  [app, other] = await Promise.all([ServedApp.open(), ServedApp.open()]);
});
afterAll(async () => {
  await Promise.all([app.close(), other.close()]);
});
// Whatever was tried, the app goes on for the page that may have it.
afterEach(async () => {
  if (!(await app.isAlive())) throw new Error('The app does not answer any more.');
});

describe('who is let in', () => {
  test('the printed link lets a browser in, and takes the token out of the address', async () => {
    const answer = await app.ask(`/?token=${app.token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe(`/#key=${app.key}`);
    expect(answer.headers['set-cookie']).toEqual([`${app.cookie}; HttpOnly; SameSite=Strict; Path=/`]);
    expect(new Set([app.token, app.key, app.cookie.split('=')[1]]).size).toBe(3);
    expect((await app.askFromPage('/')).body).toContain('the page');
  });

  test('nobody without the token, or with another', async () => {
    const { token } = app;
    const wrong = [
      '',
      'x',
      token.slice(1),
      `${token}x`,
      token.toUpperCase(),
      other.token,
      encodeURIComponent(`${token}\0`),
    ];
    for (const given of wrong) expect(await app.ask(`/?token=${given}`), given).toMatchObject({ status: 401 });
    for (const place of ['/', '/index.html', '/assets/app.js', '/secret.txt', '/ws', '/nowhere'])
      expect(await app.ask(place), place).toMatchObject({ status: 401 });
  });

  test('no cookie of another launch, of another name, or empty', async () => {
    const name = `cronflow-${app.port}=`;
    const cookies = [
      other.cookie,
      other.cookie.replace(/.*=/, name),
      app.cookie.replace(name, `cronflow-${other.port}=`),
      name + app.token,
      name + app.key,
      name,
      app.token,
      `x${app.cookie}`,
      '',
    ];
    for (const cookie of cookies) {
      expect(await app.ask('/', { headers: { cookie } }), cookie).toMatchObject({ status: 401 });
      expect(await app.socket({ origin: app.origin, cookie }), cookie).toBe(403);
    }
  });

  test('two launches in one browser: each finds its own cookie among both', async () => {
    const cookie = `${other.cookie}; ${app.cookie}`;
    expect(await app.ask('/', { headers: { cookie } })).toMatchObject({ status: 200 });
    expect(await other.ask('/', { headers: { cookie } })).toMatchObject({ status: 200 });
  });

  test.each([
    'evil.example',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    '127.0.0.1.evil.example',
    '0.0.0.0',
    '[::1]',
    'xn--localhost',
  ])('no page that comes by another name (%s)', async name => {
    for (const host of [name, `${name}:${app.port}`]) {
      if (host === `127.0.0.1:${app.port}` || host === `localhost:${app.port}`) continue;
      expect(await app.askFromPage('/', { headers: { host } }), host).toMatchObject({ status: 403 });
      expect(await app.ask(`/?token=${app.token}`, { headers: { host } }), host).toMatchObject({ status: 403 });
      expect(await app.socket({ host, origin: `http://${host}`, cookie: app.cookie }), host).toBe(403);
    }
  });

  test('the socket: for our own page only', async () => {
    const { cookie, origin, port } = app;
    const foreign = [
      'http://evil.example',
      `http://127.0.0.1:${other.port}`,
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
      `http://localhost:${port}`,
      'null',
      `${origin}/`,
      'app://studio',
    ];
    for (const from of foreign) expect(await app.socket({ origin: from, cookie }), from).toBe(403);
    expect(await app.socket({ cookie }), 'no origin').toBe(403);
    expect(await app.socket({ origin }), 'no cookie').toBe(403);
    expect(await app.socket({ origin, cookie: `cronflow-${port}=${'x'.repeat(43)}` }), 'wrong cookie').toBe(403);
    for (const protocols of [
      [],
      ['cronflow'],
      [app.key],
      ['cronflow', other.key],
      ['cronflow', app.token],
      ['cronflow', cookie.split('=')[1] ?? ''],
      [app.key, 'cronflow'],
      ['cronflow', 'x'.repeat(43)],
    ])
      expect(await app.socket({ origin, cookie }, '/ws', protocols), `without the key: ${protocols.join()}`).toBe(403);
    for (const place of ['/', '/ws/', '/ws?x=1', '//ws', '/other', `/ws?token=${app.token}`])
      expect(await app.socket({ origin, cookie }, place), place).toBe(403);
    const socket = await app.openSocket();
    socket.terminate();
  });

  test('a page of this machine by its other name', async () => {
    const host = `localhost:${app.port}`;
    const socket = await app.socket({ host, origin: `http://${host}`, cookie: app.cookie });
    expect(typeof socket).toBe('object');
    if (typeof socket === 'object') socket.terminate();
  });

  test('whoever is refused at the door and goes away in that moment', async () => {
    for (let i = 0; i < 20; i++) {
      const visitor = net.connect(app.port, '127.0.0.1');
      visitor.on('error', () => undefined);
      visitor.write(
        'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      await new Promise(resolve => visitor.once('connect', resolve));
      visitor.resetAndDestroy();
    }
    expect(await app.isAlive()).toBe(true);
  });

  test('it listens on this machine only', async () => {
    expect(new URL(app.url).hostname).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces())
      .flatMap(list => list ?? [])
      .filter(({ internal, scopeid }) => !internal && !scopeid)
      .map(({ address }) => address);
    for (const address of [...outside, '::1']) expect(await canConnect(app.port, address), address).toBe(false);
    expect(await canConnect(app.port, '127.0.0.1')).toBe(true);
  });
});

describe('what is given', () => {
  const TRAVERSALS = [
    '/../secret.txt',
    '/../../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '//secret.txt',
    '/./../secret.txt',
    '/....//secret.txt',
    '/index.html/../../secret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/..%00/secret.txt',
    '/secret.txt%00.html',
    '/../workspace/secret.txt',
    '/workspace/secret.txt',
    '/file:///etc/passwd',
    '/etc/passwd',
    '/%2fetc%2fpasswd',
  ];
  test('nothing outside of the page', async () => {
    for (const place of TRAVERSALS) {
      const answer = await app.askFromPage(place);
      expect([400, 404], place).toContain(answer.status);
      expect(answer.body, place).not.toContain(ServedApp.SECRET);
      expect(answer.body, place).not.toContain('root:');
    }
  });

  test('an address that is none, or leads nowhere', async () => {
    const addresses = [
      '//',
      '//?',
      '/%',
      '/%E0%A4%A',
      '///',
      `/${'a/'.repeat(4_000)}`,
      'http://evil.example/',
      '*',
      '/ws',
      '/nowhere',
      '/assets',
      '/assets/',
      '/.git/config',
      '/index.html.map',
    ];
    for (const place of addresses) expect([400, 404], place).toContain((await app.askFromPage(place)).status);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is refused', async method => {
    expect(await app.askFromPage('/', { method })).toMatchObject({ status: 405 });
    expect(await app.ask(`/?token=${app.token}`, { method })).toMatchObject({ status: 405 });
    expect(await app.ask('/', { method })).toMatchObject({ status: 405 });
  });

  test('every answer says what a page may do, and none lets another site read it', async () => {
    const origin = 'http://evil.example';
    const answers = await Promise.all([
      app.askFromPage('/', { headers: { origin } }),
      app.askFromPage('/assets/app.js', { headers: { origin } }),
      app.askFromPage('/nowhere'),
      app.askFromPage('//'),
      app.ask('/'),
      app.ask('/?token=x'),
      app.ask(`/?token=${app.token}`),
      app.askFromPage('/', { headers: { host: 'evil.example' } }),
      app.askFromPage('/', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } }),
      app.askFromPage('/', { method: 'HEAD' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 400, 401, 401, 303, 403, 405, 200]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(Object.keys(headers).filter(name => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('no script but our own', () => {
    expect(CONTENT_SECURITY_POLICY).toMatch(/script-src 'self';/);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
  });
});

describe('what a page says', () => {
  test('a message too large ends its connection', async () => {
    const socket = await app.openSocket();
    socket.send(pack({ t: 'q', i: 'large', m: 'hello', a: [{}], more: 'x'.repeat(LARGEST_MESSAGE) }));
    expect([1006, 1009]).toContain(await closed(socket));
  });

  test('a payload as long as it may be arrives, of whatever characters; a longer one is refused, and nothing ends', async () => {
    const socket = await app.openSocket();
    const begin = async (payload: string) =>
      await call(socket, 'startRun', { file: 'nowhere.ts', workflow: 'none', payload });
    expect(await begin('\u0001'.repeat(LARGEST_TEXT))).toMatchObject({ r: { ok: false } });
    expect(await begin('x'.repeat(LARGEST_TEXT + 1))).toHaveProperty('e');
    expect(await call(socket, 'hello', {})).toHaveProperty('r');
    socket.terminate();
  });

  test('a text that is no message ends its connection, or is dropped', async () => {
    for (const text of [
      '',
      '{',
      'null!',
      'undefined',
      '[',
      '[1]',
      '[[1]]',
      '[{"t":99}]',
      '["Error",1]',
      '[["Error",1],{}]',
      '[[-7,1000000000]]',
      '{"t":"q"}',
      '\0',
      '\uFFFD',
      '[['.repeat(10_000),
    ]) {
      const socket = await app.openSocket();
      socket.send(text);
      await Promise.race([closed(socket), call(socket, 'hello', {})]);
      socket.terminate();
    }
    expect(await app.isAlive()).toBe(true);
  });

  test('frames of bytes end the connection', async () => {
    const socket = await app.openSocket();
    socket.send(Buffer.from(pack({ t: 'q', i: '1', m: 'hello', a: [{}] })), { binary: true });
    expect(await closed(socket)).toBe(1006);
  });

  test('frames that break the protocol end the connection', async () => {
    // Unmasked, reserved bits, an unknown opcode, a control frame too long, text that is not UTF-8.
    for (const frame of [
      [0x81, 0x01, 0x41],
      [0xf1, 0x80, 0, 0, 0, 0],
      [0x83, 0x80, 0, 0, 0, 0],
      [0x89, 0xfe, 0x00, 0x7e, 0, 0, 0, 0],
      [0x81, 0x81, 0, 0, 0, 0, 0xff],
    ]) {
      const socket = await app.openSocket();
      const over = closed(socket);
      (socket as unknown as { _socket: net.Socket })._socket.write(Buffer.from(frame));
      expect([1002, 1005, 1006, 1007]).toContain(await over);
    }
  });

  test('10,000 messages that make no sense change nothing for anybody', async () => {
    const [socket, beside] = await Promise.all([app.openSocket(), app.openSocket()]);
    const nonsense: readonly unknown[] = [
      null,
      0,
      'text',
      [],
      {},
      { t: 'x' },
      { t: 's' },
      { t: 's', i: 'no such call', r: 1 },
      { t: 's', i: 5 },
      { t: 'q' },
      { t: 'q', m: 5, a: [] },
      { t: 'q', m: 'hello', a: 'x' },
      { t: 'q', m: 'hello', a: [{}], i: 5 },
      { t: 'q', i: 'a', m: 'constructor', a: [] },
      { t: 'q', i: 'b', m: '__proto__', a: [] },
      { t: 'q', i: 'c', m: 'toString', a: [] },
      { t: 'q', i: 'd', m: 'noSuchMethod', a: [{}] },
      { t: 'q', m: '$close', a: [] },
      { t: 'q', i: 'e', m: 'getRun', a: [{ run: '1; drop table runs' }] },
      { t: 'q', i: 'f', m: 'getFile', a: [{ file: '../secret.txt' }] },
      { t: 'q', i: 'g', m: 'startRun', a: [{ file: '/etc/passwd', workflow: 'x', payload: '{' }] },
      { t: 'q', i: 'h', m: 'openInEditor', a: [{ file: '../secret.txt' }] },
    ];
    const heard: string[] = [];
    socket.on('message', data => heard.push(String(data)));
    for (let i = 0; i < 10_000; i++) socket.send(pack(nonsense[i % nonsense.length]));
    expect(await call(socket, 'hello', {})).toHaveProperty('r');
    expect(await call(beside, 'hello', {})).toHaveProperty('r');
    expect(heard.join('')).not.toContain(ServedApp.SECRET);
    for (const done of [socket, beside]) done.terminate();
  });

  test('only methods of the contract can be called, and only as it says', async () => {
    const socket = await app.openSocket();
    for (const method of [
      'constructor',
      '__proto__',
      'hasOwnProperty',
      'toString',
      '$close',
      'openFolder',
      'close',
      'subscribe',
      '',
    ])
      expect(await call(socket, method, {}), method).toHaveProperty('e');
    expect(await call(socket, 'getRun', { run: -1 })).toHaveProperty('e');
    expect(await call(socket, 'getRun', { run: 1, more: 'x'.repeat(1_000_000) })).toHaveProperty('e');
    expect(await call(socket, 'getFile', { file: 'secret.txt' })).toEqual({ t: 's', i: 'call-getFile', r: null });
    socket.terminate();
  });
});

async function canConnect(port: number, host: string): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = net.connect({ port, host, timeout: 2_000 });
    for (const event of ['error', 'timeout'] as const)
      socket.on(event, () => {
        socket.destroy();
        resolve(false);
      });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
