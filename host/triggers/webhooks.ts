import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseExactJson } from '../../common/exact-json.ts';
import type { Trigger } from '../../common/graph.ts';
import type { Triggers } from './triggers.ts';

const MOST_BYTES = 1_000_000;
const WITHIN_MS = 30_000;
const THIS_MACHINE = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export interface WebhooksOptions {
  readonly triggers: Pick<Triggers, 'webhook' | 'receive'>;
  readonly port: number;
  /** @default this machine only */
  readonly host?: string | undefined;
  readonly onError: (error: unknown) => void;
}

export interface Webhooks {
  readonly url: string;
  close(): Promise<void>;
}

/** What is answered instead of starting a run. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens for the webhooks of a folder's workflows. @throws when the port cannot be listened on */
export async function listenForWebhooks({ triggers, port, host, onError }: WebhooksOptions): Promise<Webhooks> {
  const server = createServer({ requestTimeout: WITHIN_MS, headersTimeout: WITHIN_MS }, (request, response) => {
    answer(triggers, request)
      .then(started => send(response, 202, started))
      .catch((error: unknown) => {
        if (error instanceof Refusal) return send(response, error.status, { error: error.message });
        onError(error);
        send(response, 500, { error: 'The run could not be started. The log of Cronflow says why.' });
      });
  });
  server.maxConnections = 1_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host ?? '127.0.0.1', () => resolve());
  });
  const { address, port: given } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${given}`,
    close: () => closed(server),
  };
}

async function answer(triggers: WebhooksOptions['triggers'], request: IncomingMessage): Promise<object> {
  const url = new URL(request.url ?? '/', 'http://webhook');
  const declared = triggers.webhook(url.pathname, request.method ?? 'GET');
  if (!declared) throw new Refusal(404, `No workflow listens to ${request.method} ${url.pathname}.`);
  const { options = {} } = declared.trigger;
  const secret = secretOf(declared.trigger);
  if (secret === undefined) onlyFromThisMachine(request);
  const body = await bodyOf(request, options.maxBytes ?? MOST_BYTES);
  if (secret !== undefined) checkSecret(request, body, secret);
  const payload = request.method === 'GET' ? Object.fromEntries(url.searchParams) : payloadOf(request, body);
  const key = single(request.headers['idempotency-key']);
  const begun = await triggers.receive(declared, payload, key);
  if (begun.ok) return { run: begun.value.run };
  const { name, message, existing } = begun.problem as { name: string; message: string; existing?: number };
  if (existing !== undefined) return { run: existing };
  if (name === 'PayloadError') throw new Refusal(400, message);
  if (name === 'OverlapError') throw new Refusal(409, message);
  throw new Refusal(503, message);
}

/** Undefined where the webhook has none. */
function secretOf({ on, options = {} }: Trigger): string | undefined {
  const { secretEnv } = options;
  if (secretEnv === undefined) return undefined;
  const secret = process.env[secretEnv];
  if (secret === undefined || secret === '')
    throw new Refusal(503, `The webhook ${on} has its secret in ${secretEnv}, which is not set where Cronflow runs.`);
  return secret;
}

/** Without a secret, whoever reaches the port could start runs; so could any page that a browser on this machine shows. */
function onlyFromThisMachine(request: IncomingMessage): void {
  const { host = '', origin } = request.headers;
  const name = host.replace(/:\d+$/, '');
  const isHere =
    THIS_MACHINE.has(request.socket.remoteAddress ?? '') && ['localhost', '127.0.0.1', '[::1]'].includes(name);
  if (!isHere || origin !== undefined || request.headers['x-forwarded-for'] !== undefined)
    throw new Refusal(
      403,
      'This webhook has no secret, so only programs on this machine can call it. Give it secretEnv.',
    );
}

/** `Authorization: Bearer <secret>`, or the signature of the body as GitHub and others send it. */
function checkSecret(request: IncomingMessage, body: Buffer, secret: string): void {
  const { authorization } = request.headers;
  const signature = single(request.headers['x-hub-signature-256']) ?? single(request.headers['x-signature-256']);
  const isRight =
    (authorization !== undefined && isSame(authorization, `Bearer ${secret}`)) ||
    (signature !== undefined &&
      isSame(signature.replace(/^sha256=/, ''), createHmac('sha256', secret).update(body).digest('hex')));
  if (!isRight) throw new Refusal(401, 'The secret, or the signature of the body, is not that of this webhook.');
}

/** In a time that says nothing of where they differ. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer> {
  const tooLarge = new Refusal(413, `The body is larger than ${most} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > most) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function payloadOf(request: IncomingMessage, body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'The body has to be JSON, with the header Content-Type: application/json.');
  try {
    return parseExactJson(body.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise(resolve => server.close(() => resolve()));
}
