import { expect, test } from 'vitest';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/*
 * A run that waits for a person is killed at every commit: on its way to the wait, while it waits, and while it comes to the
 * answer. Nobody is asked under two tokens, an answer that was given is never lost, and it is given to the steps once.
 */

const FLOW = Project.workflow(`
cronflow.define({ id: 'pay', name: 'Pay' })
  .step('load', () => { note('loaded'); return { amount: 9000 }; })
  .humanInTheLoop('manager', { description: 'Pay 9,000?', onPause: (ctx, token) => { note({ asked: token }); } })
  .step('pay', ctx => { note({ paid: ctx.last.approved, by: ctx.last.reason }); return ctx.last.approved; })
  .waitForEvent('bank.confirmed')
  .step('end', ctx => ctx.last);
`);

const KILLS = ['before-commit', 'in-transaction', 'after-commit'].flatMap(point =>
  [1, 2, 3, 4, 5, 6].map(count => `${point}:${count}`),
);

const waits = (project: Project) => project.rows('select token, status, taken from waits order by node');

test.each(KILLS)('killed at %s on its way to the wait: it waits under one token', { timeout: 60_000 }, async at => {
  const project = new Project({ 'flow.ts': FLOW });
  const { summary } = await project.cli(['run', 'flow.ts', '--json'], { env: { CRONFLOW_CRASH_AT: at } });
  // It has reached its rest before so many commits, or was killed before anything was stored.
  if (summary?.status === 'interrupted') await project.cli(['resume', '1', '--json']);
  else if (!summary) await project.cli(['run', 'flow.ts', '--json']);
  const asked = new Set(project.ledger().flatMap(({ asked: token }) => token ?? []));
  expect([...asked]).toEqual(waits(project).map(({ token }) => token));
  expect(asked.size).toBe(1);
});

test.each(KILLS)(
  'killed at %s on its way to the answer: the answer stays, and is given once',
  { timeout: 60_000 },
  async at => {
    const project = new Project({ 'flow.ts': FLOW });
    const env = { CRONFLOW_CRASH_AT: at };
    await project.cli(['run', 'flow.ts', '--json']);
    const [{ token }] = waits(project);
    expect((await project.cli(['approve', '1', token, '--reason', 'agreed', '--no-resume'])).code).toBe(0);
    await project.cli(['resume', '1', '--json'], { env });
    await project.cli(['resume', '1', '--json']);
    expect(waits(project)).toEqual([
      { token, status: 'answered', taken: 1 },
      { token: expect.any(String), status: 'open', taken: 0 },
    ]);
    const paid = project.ledger().filter(entry => 'paid' in Object(entry));
    // A step that was cut off is executed again, with the same answer.
    expect(paid.length).toBeLessThanOrEqual(2);
    expect(new Set(paid.map(entry => JSON.stringify(entry)))).toEqual(new Set(['{"paid":true,"by":"agreed"}']));
    expect(project.ledger().filter(({ asked }) => asked)).toHaveLength(1);
    const published = await project.cli(['publish', 'bank.confirmed', '--payload', '{"ref":7}', '--json']);
    expect(published.summary).toMatchObject({ status: 'completed', output: { ref: 7 } });
  },
);

test('killed while it waits and works on something else, it is woken by the answer', { timeout: 60_000 }, async () => {
  const project = new Project({
    'flow.ts': Project.workflow(`
import { existsSync } from 'node:fs';
cronflow.define({ id: 'two' }).forEach('part', ['asks', 'works'], (part, flow) => {
  if (part === 'asks') flow.humanInTheLoop({}).step('answered', ctx => { note(ctx.last.approved); });
  else flow.step('work', async () => { while (!existsSync(new URL('go', import.meta.url))) await sleep(20); note('worked'); });
}, { concurrency: 2 });
`),
  });
  const call = project.start(['run', 'flow.ts', '--json']);
  await eventually('it asks', () => {
    try {
      return waits(project).length > 0;
    } catch {
      return false;
    }
  });
  const [{ pid }] = project.rows('select pid from sessions');
  process.kill(pid, 'SIGKILL');
  await call.done;
  expect(project.rows('select status from runs')).toEqual([{ status: 'interrupted' }]);
  project.write('go', '');
  const approved = await project.cli(['approve', '1', '--json']);
  expect(approved.summary).toMatchObject({ status: 'completed', items: { succeeded: 2 } });
  expect(project.ledger().map(String).toSorted()).toEqual(['true', 'worked']);
});

test('whoever answers while the process is just about to rest, the run goes on', { timeout: 60_000 }, async () => {
  const project = new Project({ 'flow.ts': FLOW });
  const call = project.start(['run', 'flow.ts', '--json']);
  await eventually('it asks', () => project.ledger().some(({ asked }) => asked));
  // The process is there for some hundreds of milliseconds more, or has gone: nobody knows.
  await project.cli(['approve', '1', '--json']);
  await call.done;
  await eventually('it has paid', () => project.ledger().some(({ paid }) => paid));
  expect(project.ledger().filter(({ paid }) => paid)).toHaveLength(1);
});
