import net from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { LARGEST_MESSAGE } from '../../host/browser/serve.ts';
import { pack } from '../../host/api/wire.ts';
import { MOST_CONNECTIONS, MOST_STRANGERS } from '../../host/browser/connection-limits.ts';
import { ServedApp, call, closed } from '../serve/served.ts';

/** What whoever can open a connection to this machine may send: to the server behind `cronflow serve`, byte by byte. */
let app: ServedApp;
beforeAll(async () => {
  app = await ServedApp.open({ patienceMs: 400 });
});
afterAll(async () => {
  await app.close();
});
// Whatever was tried, the app goes on for the page that may have it.
afterEach(async () => {
  if (!(await app.isAlive())) throw new Error('The app does not answer any more.');
});

/** A connection that does as it is told and no more: where the server ends its half, ours stays open. */
async function connection(text = ''): Promise<net.Socket> {
  const socket = net.connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  // Where there is no room it may be ended before we hear that it was there.
  await new Promise(resolve => {
    for (const event of ['connect', 'close']) socket.once(event, resolve);
  });
  socket.resume();
  if (text !== '') socket.write(text);
  return socket;
}

/** Resolves when the server has let go of a connection, and not only of its own half: what is sent then comes back. */
async function letGo(socket: net.Socket): Promise<void> {
  if (socket.closed) return;
  const over = new Promise(resolve => socket.once('close', resolve));
  if (!socket.readableEnded) await Promise.race([over, new Promise(resolve => socket.once('end', resolve))]);
  const knock = setInterval(() => socket.write('x'), 20);
  await over;
  clearInterval(knock);
}

/** All that the server answers to some bytes, until it ends the connection. */
async function answered(bytes: string): Promise<string> {
  const socket = await connection();
  let said = '';
  socket.on('data', chunk => {
    said += String(chunk);
  });
  socket.write(bytes, 'latin1');
  await letGo(socket);
  return said;
}

const raw = (socket: WebSocket) => (socket as unknown as { _socket: net.Socket })._socket;
const HOST = () => `Host: 127.0.0.1:${app.port}\r\n`;
const statusesOf = (said: string) => [...said.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

describe('connections that hold on', () => {
  test('and never come to an end are ended, however they go about it', async () => {
    const waysToHold = [
      '',
      'GET / HTTP/1.1\r\nHo',
      `POST / HTTP/1.1\r\n${HOST()}Content-Length: 1000000\r\n\r\nx`,
      `POST / HTTP/1.1\r\n${HOST()}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
      // An answer is had, and then nothing.
      `GET / HTTP/1.1\r\n${HOST()}\r\n`,
    ];
    const held = await Promise.all(
      Array.from({ length: 50 }, (_, at) => connection(waysToHold[at % waysToHold.length])),
    );
    const slow = await Promise.all(Array.from({ length: 10 }, () => connection('GET / HTTP/1.1\r\nX: ')));
    const letters = setInterval(() => {
      for (const socket of slow) socket.write('x');
    }, 50);
    await Promise.all([...held, ...slow].map(letGo));
    clearInterval(letters);
  });

  test('that were refused the socket and do not go are ended', async () => {
    const upgrade = `GET /ws HTTP/1.1\r\n${HOST()}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
    const refused = await Promise.all(Array.from({ length: 20 }, () => connection(upgrade)));
    await Promise.all(refused.map(letGo));
  });

  test('of which there are hundreds leave room for others, and for the files of runs', async () => {
    const crowd = await Promise.all(Array.from({ length: 600 }, () => connection()));
    // Those there is no room for are ended at once, and the others in their time.
    await Promise.all(crowd.map(letGo));
  });
});

describe('silent connections by the hundred', () => {
  /** Far more than this test may take: none of them is ended for its silence. */
  const PATIENCE_MS = 600_000;

  test('make way for a page at once: it does not wait until any of them has been silent for too long', async () => {
    const patient = await ServedApp.open({ patienceMs: PATIENCE_MS });
    onTestFinished(() => patient.close());
    const crowd: net.Socket[] = [];
    onTestFinished(() => crowd.forEach(socket => socket.destroy()));
    const ended: net.Socket[] = [];
    for (let at = 0; at < MOST_CONNECTIONS; at++) {
      const socket = net.connect({ port: patient.port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      socket.once('close', () => ended.push(socket));
      crowd.push(socket);
      await new Promise(resolve => ['connect', 'close'].forEach(event => socket.once(event, resolve)));
    }
    // What a page needs, over connections of its own.
    expect(await patient.isAlive()).toBe(true);
    expect((await patient.ask(`/?token=${patient.token}`)).status).toBe(303);
    // The others are still there, so nothing has run out; and those that went were the oldest.
    const staying = crowd.filter(socket => !socket.destroyed && !socket.readableEnded);
    expect(staying.length).toBeGreaterThan(MOST_STRANGERS / 2);
    expect(staying.length).toBeLessThanOrEqual(MOST_STRANGERS);
    expect(ended).toEqual(crowd.slice(0, ended.length));
  });

  test('do not end those of a page that has been let in', async () => {
    const patient = await ServedApp.open({ patienceMs: PATIENCE_MS });
    onTestFinished(() => patient.close());
    const page = await patient.openSocket();
    let isOver = false;
    page.on('close', () => {
      isOver = true;
    });
    const crowd = Array.from({ length: 2 * MOST_STRANGERS }, () => net.connect(patient.port, '127.0.0.1'));
    onTestFinished(() => crowd.forEach(socket => socket.destroy()));
    for (const socket of crowd) socket.on('error', () => undefined);
    await Promise.all(
      crowd.slice(0, MOST_STRANGERS).map(socket => new Promise(resolve => socket.once('close', resolve))),
    );
    expect(await call(page, 'hello', {})).toHaveProperty('r');
    expect(isOver).toBe(false);
    page.terminate();
  });
});

describe('requests that are none', () => {
  test('are refused, and the connection is ended', async () => {
    const good = HOST();
    const wrong: Record<string, string> = {
      'no request': '\r\n\r\n\0\0\0\0',
      TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'HTTP/0.9': 'GET /\r\n\r\n',
      'no host': 'GET / HTTP/1.1\r\n\r\n',
      'two lengths': `POST / HTTP/1.1\r\n${good}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`,
      'a length and chunks': `POST / HTTP/1.1\r\n${good}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'an odd encoding': `POST / HTTP/1.1\r\n${good}Transfer-Encoding: x\r\n\r\n`,
      'a negative length': `POST / HTTP/1.1\r\n${good}Content-Length: -1\r\n\r\n`,
      'a chunk of no length': `POST / HTTP/1.1\r\n${good}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
      'a folded header': `GET / HTTP/1.1\r\n${good}X: 1\r\n 2\r\nConnection: close\r\n\r\n`,
      'a header without a name': `GET / HTTP/1.1\r\n${good}: x\r\n\r\n`,
      'a space before the colon': `GET / HTTP/1.1\r\n${good}Cookie : x\r\n\r\n`,
      'a zero byte': `GET / HTTP/1.1\r\n${good}X: \0\r\n\r\n`,
      'headers without end': `GET / HTTP/1.1\r\n${good}X: ${'x'.repeat(100_000)}\r\n\r\n`,
      'thousands of headers': `GET / HTTP/1.1\r\n${good}${'X: y\r\n'.repeat(20_000)}\r\n`,
      'an address without end': `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${good}\r\n`,
      'another protocol': `GET /ws HTTP/1.1\r\n${good}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
      'a tunnel': `CONNECT evil.example:443 HTTP/1.1\r\n${good}\r\n`,
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      const said = await answered(bytes);
      expect([[], [400], [401], [403], [405], [431]], `${what}: ${said.slice(0, 200)}`).toContainEqual(
        statusesOf(said),
      );
      expect(said, what).not.toContain('the page');
    }
  });

  test('what stands in the body of one is not taken for the next', async () => {
    const inner = `GET / HTTP/1.1\r\n${HOST()}Cookie: ${app.cookie}\r\n\r\n`;
    const said = await answered(
      `GET /nowhere HTTP/1.1\r\n${HOST()}Connection: close\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    );
    expect(statusesOf(said)).toEqual([401]);
    expect(said).not.toContain('the page');
  });

  test('two hosts are refused, whichever comes first, and the same one twice as well', async () => {
    const cookie = `Cookie: ${app.cookie}\r\nConnection: close\r\n\r\n`;
    const evil = 'Host: evil.example\r\n';
    for (const hosts of [evil + HOST(), HOST() + evil, HOST() + HOST(), HOST() + HOST().toUpperCase()])
      for (const target of ['/', `/?token=${app.token}`]) {
        const said = await answered(`GET ${target} HTTP/1.1\r\n${hosts}${cookie}`);
        expect(statusesOf(said), `${target} ${hosts}`).toEqual([403]);
        expect(said).not.toContain(app.cookie);
      }
  });

  test('a target that names another host is refused, with the token and without', async () => {
    const rest = `${HOST()}Cookie: ${app.cookie}\r\nConnection: close\r\n\r\n`;
    for (const host of [
      'http://evil.example',
      `http://evil.example:${app.port}`,
      '//evil.example',
      'file://evil.example',
    ])
      for (const place of ['/', `/?token=${app.token}`]) {
        const said = await answered(`GET ${host}${place} HTTP/1.1\r\n${rest}`);
        expect(statusesOf(said), host + place).toEqual([400]);
        expect(said).not.toContain(app.cookie);
      }
  });

  test('cookies of two headers are not put together', async () => {
    const [half, rest] = [app.cookie.slice(0, 30), app.cookie.slice(30)];
    expect(
      statusesOf(
        await answered(`GET / HTTP/1.1\r\n${HOST()}Cookie: ${half}\r\nCookie: ${rest}\r\nConnection: close\r\n\r\n`),
      ),
    ).toEqual([401]);
  });

  test('the socket is not opened with two hosts, two origins, or a target that names another host', async () => {
    const origin = `Origin: http://127.0.0.1:${app.port}\r\n`;
    const upgrade = (target: string, headers: string) =>
      `GET ${target} HTTP/1.1\r\n${headers}Cookie: ${app.cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: cronflow, ${app.key}\r\n\r\n`;
    const firstLine = async (bytes: string) => {
      const socket = await connection();
      const said = new Promise(resolve => socket.once('data', chunk => resolve(String(chunk).split('\r\n', 1)[0])));
      socket.write(bytes);
      const line = await said;
      socket.destroy();
      return line;
    };
    expect(await firstLine(upgrade('/ws', HOST() + origin))).toBe('HTTP/1.1 101 Switching Protocols');
    const evil = { host: 'Host: evil.example\r\n', origin: 'Origin: http://evil.example\r\n' };
    const wrong = [
      upgrade('/ws', HOST() + evil.host + origin),
      upgrade('/ws', evil.host + HOST() + origin),
      upgrade('/ws', HOST() + HOST() + origin),
      upgrade('/ws', HOST() + origin + evil.origin),
      upgrade('/ws', HOST() + evil.origin + origin),
      upgrade('/ws', HOST() + origin + origin),
      upgrade('http://evil.example/ws', HOST() + origin),
      upgrade('//evil.example/ws', HOST() + origin),
    ];
    for (const bytes of wrong) expect(await firstLine(bytes), bytes).toBe('HTTP/1.1 403 Forbidden');
  });
});

describe('frames', () => {
  /** A frame as a browser sends it, masked with zeros. */
  function frame(first: number, payload: Buffer): Buffer {
    const head = payload.length < 126 ? [first, 0x80 | payload.length] : [first, 0xff, ...lengthOf(payload)];
    return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]);
  }
  function lengthOf(payload: Buffer): Buffer {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(payload.length));
    return length;
  }

  test('are not unpacked: no small frame makes a large message', async () => {
    const socket = await app.openSocket();
    expect(socket.extensions).toBe('');
    const over = closed(socket);
    raw(socket).write(frame(0xc1, deflateRawSync(Buffer.alloc(50_000_000, 'x'))));
    expect([1002, 1006]).toContain(await over);
  });

  test('of one message are not more together than a message may be', async () => {
    const socket = await app.openSocket();
    const over = closed(socket);
    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i <= LARGEST_MESSAGE / part.length; i++) raw(socket).write(frame(i === 0 ? 0x01 : 0x00, part));
    expect([1006, 1009]).toContain(await over);
  });

  test('that say they are larger than any memory are not waited for', async () => {
    for (const length of [
      '7fffffffffffffff',
      'ffffffffffffffff',
      '0000000100000000',
      (LARGEST_MESSAGE + 1).toString(16).padStart(16, '0'),
    ]) {
      const socket = await app.openSocket();
      const over = closed(socket);
      raw(socket).write(Buffer.from(`81ff${length}00000000`, 'hex'));
      expect([1002, 1006, 1009], length).toContain(await over);
    }
  });
});

describe('messages', () => {
  test('that would change what all objects inherit change nothing', async () => {
    const texts = [
      '[{"t":1,"__proto__":2},"q",{"polluted":3},true]',
      '[{"t":1,"i":1,"m":2,"a":3},"q","getRun",[4],{"__proto__":5,"run":6},{"polluted":7},1,true]',
      '[{"t":1,"i":1,"m":2,"a":3},"q","getRun",[4],{"constructor":5},{"prototype":6},{"polluted":7},true]',
      '[["Map",1,2],"__proto__",{"polluted":3},true]',
      '[["Object","__proto__"]]',
      '[["null","__proto__",1],{"polluted":2},true]',
      '[["Error",1],{"message":2,"name":3},"x",["__proto__"]]',
    ];
    for (const text of texts) {
      const socket = await app.openSocket();
      socket.send(text);
      await Promise.race([closed(socket), call(socket, 'hello', {})]);
      socket.terminate();
    }
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('that lead back to themselves, or down without end, are refused', async () => {
    const deep = (levels: number) =>
      `[{"t":1,"i":2,"m":3,"a":4},"q","deep","listRuns",[5],${Array.from({ length: levels }, (_, level) => `{"in":${level + 6}}`).join()},1]`;
    for (const text of [
      '[{"t":1,"i":2,"m":3,"a":4},"q","round","listRuns",[5],{"limit":5,"statuses":4}]',
      deep(1_000),
      deep(100_000),
    ]) {
      const socket = await app.openSocket();
      const refused = new Promise<string>(resolve => socket.once('message', data => resolve(String(data))));
      socket.send(text);
      expect(await Promise.race([closed(socket), refused])).toEqual(
        expect.toSatisfy(answer => typeof answer === 'number' || String(answer).includes('listRuns: ')),
      );
      socket.terminate();
    }
  });

  test('in floods, to which nobody listens, hold nobody else up', async () => {
    const flood = await app.openSocket();
    raw(flood).pause();
    const asked = pack({ t: 'q', i: 'x', m: 'getWorkspace', a: [{}] });
    for (let i = 0; i < 20_000; i++) flood.send(asked);
    const beside = await app.openSocket();
    expect(await call(beside, 'hello', {})).toHaveProperty('r');
    for (const socket of [flood, beside]) socket.terminate();
  });
});
