import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ServedApp } from './served.ts';

/* What programs ask that watch a server: whether it is well, which is no secret, and numbers, for which they need the token. */

async function served(options: Parameters<typeof ServedApp.open>[0] = {}) {
  const app = await ServedApp.open(options);
  onTestFinished(() => app.close());
  return app;
}

test('healthz answers whoever asks, by any name, and says nothing else', async () => {
  const app = await served();
  for (const headers of [{}, { host: '10.1.2.3:8080' }])
    expect(await app.ask('/healthz', { headers })).toMatchObject({ status: 200, body: 'ok\n' });
  expect((await app.ask('/healthz', { method: 'POST' })).status).toBe(405);
  // Nothing else is told by another name.
  expect((await app.ask('/', { headers: { host: '10.1.2.3:8080' } })).status).toBe(403);
});

test('metrics are told with the token, not with the cookie of a page, and not with another one', async () => {
  const app = await served();
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}`, host: 'prometheus.example' } });
  const { status, headers, body } = await app.ask('/metrics', bearer(app.token));
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'no-store',
  ]);
  expect(body).toMatch(/^cronflow_info\{version="[^"]+"\} 1$/m);
  expect(body).toMatch(/^process_resident_memory_bytes \d+$/m);
  for (const refused of [
    await app.askFromPage('/metrics'),
    await app.ask('/metrics'),
    await app.ask('/metrics', bearer('another')),
    await app.ask('/metrics', bearer(`${app.token}x`)),
    await app.ask('/metrics', { headers: { authorization: `Basic ${app.token}` } }),
  ]) {
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(refused.body).not.toContain('cronflow_');
  }
});

test('a store that cannot be read is told as that, and not why', async () => {
  const app = await served();
  const store = path.join(app.workspace, '.cronflow', 'runs.db');
  mkdirSync(path.dirname(store));
  writeFileSync(store, 'this is no database, but long enough to be taken for the beginning of one'.repeat(20));
  expect(await app.ask('/healthz')).toMatchObject({ status: 503, body: 'The store cannot be read.\n' });
  expect((await app.ask('/metrics', { headers: { authorization: `Bearer ${app.token}` } })).status).toBe(503);
  rmSync(store);
  expect((await app.ask('/healthz')).status).toBe(200);
  expect(await app.isAlive()).toBe(true);
});

test('behind a proxy that serves it below a path, they stand there', async () => {
  const app = await served({ publicUrl: new URL('https://flows.example/studio/'), token: 'x'.repeat(40) });
  expect((await app.ask('/studio/healthz')).status).toBe(200);
  expect((await app.ask('/studio/metrics', { headers: { authorization: `Bearer ${app.token}` } })).status).toBe(200);
  expect((await app.ask('/healthz')).status).toBe(403);
});
