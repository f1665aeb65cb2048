import type { IncomingMessage, ServerResponse } from 'node:http';
import { isForeseen } from '../api/outcomes.ts';
import type { Host } from '../host.ts';
import type { AccessGuard } from './access-guard.ts';
import { METRICS_TYPE, metricsText } from './metrics-text.ts';

/*
 * What programs ask that watch a server. They come by any name, often the address of a container, and without a cookie:
 * `healthz` says nothing that is anybody's secret, and `metrics` asks for the token, which no page of another site knows.
 */

const startedAt = Date.now() - performance.now();

/** Answers where this is such a question. @returns whether it is */
export function answerMonitoring(
  request: IncomingMessage,
  response: ServerResponse,
  { host, guard, base }: { readonly host: Host; readonly guard: AccessGuard; readonly base: string },
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (request.url === `${base}healthz`) {
    void say(response, async () => {
      await host.checkHealth();
      return 'ok\n';
    });
    return true;
  }
  if (request.url !== `${base}metrics`) return false;
  if (guard.hasBearer(request))
    void say(response, async () => metricsText(await host.metrics(), serverMetrics(host.version)), METRICS_TYPE);
  else
    response
      .writeHead(401, { 'www-authenticate': 'Bearer', 'content-type': 'text/plain; charset=utf-8' })
      .end('Give the token of this server: Authorization: Bearer <token>.\n');
  return true;
}

function serverMetrics(version: string) {
  const { user, system } = process.cpuUsage();
  return { version, cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss(), startedAt };
}

/** Why the store cannot be read is told to those who have signed in, and not to everybody. */
async function say(
  response: ServerResponse,
  text: () => Promise<string>,
  type = 'text/plain; charset=utf-8',
): Promise<void> {
  try {
    const said = await text();
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(said);
  } catch (error) {
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end('The store cannot be read.\n');
    if (!isForeseen(error)) console.error('Cronflow:', error);
  }
}
