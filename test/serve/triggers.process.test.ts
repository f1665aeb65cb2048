import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/* `cronflow serve --triggers` starts runs by itself; nothing fires without it, or in a folder that is not trusted. */

const BIN = path.resolve(import.meta.dirname, '../../bin/cronflow.mjs');
const SECRET = 'a secret of this test';
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    if (child.exitCode === null) await ended;
  }
});

const FLOWS = Project.workflow(`
import { z } from 'zod';
cronflow.define({ id: 'tick' }).onInterval('1s', { payload: { by: 'interval' } })
  .step('note', ctx => { note({ tick: ctx.payload.by }); });
cronflow.define({ id: 'order' })
  .onWebhook('/orders', { schema: z.object({ id: z.number(), note: z.string().default('none') }) })
  .onWebhook('/signed', { secretEnv: 'ORDER_SECRET', maxBytes: 200 })
  .onEvent('order.paid')
  .step('note', ctx => { note({ order: ctx.payload }); });
cronflow.define({ id: 'approval' }).humanInTheLoop('boss', { description: 'Ship it?' })
  .step('note', ctx => { note({ approved: ctx.last.approved }); });
`);

async function serve(project: Project, ...options: string[]): Promise<string> {
  const child = spawn(process.execPath, [BIN, 'serve', project.folder, '--json', ...options], {
    env: { ...process.env, CRONFLOW_DATA: project.path('data'), ORDER_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const line = await new Promise<string>(resolve => child.stdout.once('data', (data: Buffer) => resolve(String(data))));
  return (JSON.parse(line) as { webhooks?: string }).webhooks ?? '';
}

const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return [response.status, (await response.json()) as { run?: number; error?: string }] as const;
};

const orders = (project: Project) => project.ledger().flatMap(({ order }) => (order ? [order] : []));

test(
  'an interval, webhooks and events start runs, and an answer wakes a run that rests',
  { timeout: 90_000 },
  async () => {
    const project = new Project({ 'flows.ts': FLOWS });
    const url = await serve(project, '--trust', '--triggers', '--webhook-port', '0');
    await eventually(
      'it has ticked twice',
      () => project.ledger().filter(({ tick }) => tick === 'interval').length >= 2,
    );

    expect(await post(`${url}/orders`, { id: 0 })).toEqual([202, { run: expect.any(Number) }]);
    expect(await post(`${url}/orders`, { id: 'seven' })).toEqual([
      400,
      { error: expect.stringContaining('payload.id') },
    ]);
    expect(await post(`${url}/orders`, 'not json')).toEqual([400, { error: expect.stringContaining('not JSON') }]);
    expect(await post(`${url}/nothing`, {})).toMatchObject([404, {}]);
    // A page that a browser shows is not a program of this machine.
    expect(await post(`${url}/orders`, { id: 1 }, { origin: 'https://evil.example' })).toMatchObject([403, {}]);
    expect(await post(`${url}/orders`, { id: 1 }, { 'content-type': 'text/plain' })).toMatchObject([415, {}]);

    const body = JSON.stringify({ id: 2 });
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    expect(await post(`${url}/signed`, body)).toMatchObject([401, {}]);
    expect(await post(`${url}/signed`, body, { 'x-hub-signature-256': signature.replace(/.$/, 'x') })).toMatchObject([
      401,
      {},
    ]);
    expect(await post(`${url}/signed`, 'x'.repeat(201))).toMatchObject([413, {}]);
    const [, first] = await post(`${url}/signed`, body, { 'x-hub-signature-256': signature, 'idempotency-key': 'k1' });
    const [, again] = await post(`${url}/signed`, body, { authorization: `Bearer ${SECRET}`, 'idempotency-key': 'k1' });
    expect(again).toEqual(first);

    expect((await project.cli(['publish', 'order.paid', '--payload', '{"id":3}'])).code).toBe(0);
    await eventually(
      'all orders have come',
      () => orders(project).some(({ id }) => id === 3) && orders(project).some(({ id }) => id === 2),
    );
    expect(orders(project).toSorted((a, b) => a.id - b.id)).toEqual([{ id: 0, note: 'none' }, { id: 2 }, { id: 3 }]);

    const { summary } = await project.cli(['run', 'flows.ts', '--workflow', 'approval', '--json']);
    await project.cli(['approve', String(summary.run), '--no-resume']);
    await eventually('it goes on', () => project.ledger().some(({ approved }) => approved === true));
  },
);

test('nothing fires without --triggers, and nothing in a folder that is not trusted', { timeout: 60_000 }, async () => {
  const opened = new Project({ 'flows.ts': FLOWS });
  const untrusted = new Project({ 'flows.ts': FLOWS });
  await serve(opened, '--trust');
  const url = await serve(untrusted, '--triggers', '--webhook-port', '0');
  await new Promise(resolve => setTimeout(resolve, 3_500));
  expect(await post(`${url}/orders`, { id: 1 })).toMatchObject([404, {}]);
  expect([...opened.ledger(), ...untrusted.ledger()]).toEqual([]);
});
