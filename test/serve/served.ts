import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { createHost } from '../../host/host.ts';
import { serve, type Served, type ServeOptions } from '../../host/browser/serve.ts';
import { pack, unpack } from '../../host/api/wire.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The app as `cronflow serve` serves it, with a page of two files, in folders of its own. */
export class ServedApp {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** What a browser that was let in sends along. */
  readonly cookie: string;
  /** What only pages from this port know. */
  readonly key: string;
  /** Beside the page, where nobody may get to. */
  static readonly SECRET = 'nobody may read this';
  /** The folder that is served. */
  readonly workspace: string;
  readonly #close: () => Promise<void>;

  private constructor(
    { url, port }: Served,
    token: string,
    { headers }: Answer,
    workspace: string,
    close: () => Promise<void>,
  ) {
    this.url = url;
    this.workspace = workspace;
    this.port = port;
    this.token = token;
    this.cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    this.key = headers.location?.split('#key=')[1] ?? '';
    this.#close = close;
  }

  static async open(options: Partial<ServeOptions> = {}): Promise<ServedApp> {
    const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-serve-'));
    const at = (name: string) => path.join(folder, name);
    for (const name of ['page/assets', 'workspace']) mkdirSync(at(name), { recursive: true });
    writeFileSync(at('page/index.html'), '<!doctype html><title>the page</title>');
    writeFileSync(at('page/assets/app.js'), 'export {};');
    for (const name of ['secret.txt', 'workspace/secret.txt']) writeFileSync(at(name), ServedApp.SECRET);
    const host = await createHost({ folder: at('workspace'), shell: 'browser', dataFolder: at('data') });
    const served = await serve({ host, page: at('page'), port: 0, ...options });
    const { publicUrl, token } = options;
    // As a proxy on this machine asks.
    const entered = await enter(served.port, `${publicUrl?.pathname ?? '/'}?token=${token ?? tokenOf(served.url)}`, {
      host: publicUrl?.host ?? `127.0.0.1:${served.port}`,
    });
    return new ServedApp(served, token ?? tokenOf(served.url), entered, at('workspace'), async () => {
      await served.close();
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Asks by exactly this path: nothing is tidied on the way. */
  async ask(place: string, asked: Asked = {}): Promise<Answer> {
    return await enter(this.port, place, asked.headers, asked);
  }

  /** As a browser that was let in. */
  async askFromPage(place: string, { headers, ...asked }: Asked = {}): Promise<Answer> {
    return await this.ask(place, { ...asked, headers: { cookie: this.cookie, ...headers } });
  }

  /** Tries to open the socket; resolves with it, or with the status it was refused with. */
  async socket(
    headers: Readonly<Record<string, string>> = { origin: this.origin, cookie: this.cookie },
    place = '/ws',
    protocols: readonly string[] = ['cronflow', this.key],
  ): Promise<WebSocket | number> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${place}`, [...protocols], { headers });
    return await new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', reject);
    });
  }

  async openSocket(): Promise<WebSocket> {
    const socket = await this.socket();
    if (typeof socket === 'number') throw new Error(`The socket was refused with ${socket}.`);
    return socket;
  }

  /** Whether a page would still get what it needs: its file, and an answer of the host's. */
  async isAlive(): Promise<boolean> {
    const page = await this.askFromPage('/');
    const socket = await this.openSocket();
    const hello = await call(socket, 'hello', {});
    socket.terminate();
    return page.status === 200 && page.body.includes('the page') && 'r' in hello;
  }
}

async function enter(
  port: number,
  place: string,
  headers: Asked['headers'] = {},
  { method = 'GET', body: sent }: Asked = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path: place, method, headers, agent: false }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('error', reject);
    request.end(sent);
  });
}

function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? '';
}

/** Calls a method of the host's as the page does, and gives birpc's answer. */
export async function call(
  socket: WebSocket,
  method: string,
  args: unknown,
): Promise<{ readonly r?: unknown; readonly e?: unknown }> {
  const id = `call-${method}`;
  const answer = new Promise<{ r?: unknown; e?: unknown }>(resolve => {
    const hear = (data: unknown) => {
      const message = unpack(String(data)) as { t: string; i?: string; r?: unknown; e?: unknown };
      if (message.t !== 's' || message.i !== id) return;
      socket.off('message', hear);
      resolve(message);
    };
    socket.on('message', hear);
  });
  socket.send(pack({ t: 'q', i: id, m: method, a: [args] }));
  return await answer;
}

export async function closed(socket: WebSocket): Promise<number> {
  return await new Promise(resolve => {
    if (socket.readyState === socket.CLOSED) resolve(0);
    socket.on('error', () => undefined);
    socket.on('close', code => resolve(code));
  });
}
