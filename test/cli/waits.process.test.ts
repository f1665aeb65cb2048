import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* What the command line says of a run that waits for people and events, and what goes on beside the waiting. */

const EXPENSE = Project.workflow(`
cronflow.define({ id: 'expense', name: 'Pay an expense' })
  .step('read', () => ({ amount: 1290 }))
  .humanInTheLoop('boss', { title: 'The manager decides', description: 'Pay it?', timeout: '2 days' })
  .step('pay', ctx => ctx.last);
`);

test('a run that waits says so in words everywhere, and how it is answered', { timeout: 60_000 }, async () => {
  const project = new Project({ 'expense.ts': EXPENSE });
  const ran = await project.cli(['run', 'expense.ts']);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain('‖ Pay an expense: waiting for approval (run 1');
  expect(ran.stdout).toMatch(/The manager decides waits for approval until .*: Pay it\?/);
  expect(ran.stdout).toContain('{"amount":1290}');
  const [listed, json, wrong, rejected, late] = await project.many(
    ['runs'],
    ['show', '1', '--json'],
    ['approve', '1', 'nothing'],
    ['reject', '1', '--reason', 'no receipt', '--json'],
    ['approve', '1'],
  );
  expect(listed?.stdout).toMatch(/1 {2}waiting for approval Pay an expense .* waits for 1 approval/);
  expect(json?.summary).toMatchObject({ status: 'paused', waitsFor: { approvals: 1, events: 0 } });
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Nothing in this store waits under the token'),
  });
  expect(rejected?.events[0]).toEqual({ event: 'answered', run: '1', approved: false });
  expect(rejected?.summary).toMatchObject({
    status: 'completed',
    output: { approved: false, status: 'rejected', timedOut: false, reason: 'no receipt', by: expect.any(String) },
  });
  expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('waits for no approval') });
});

test(
  'batches that wait are executed by the process of the run, whatever workers there are',
  { timeout: 60_000 },
  async () => {
    const project = new Project({
      'flow.ts': Project.workflow(`
cronflow.define({ id: 'flow' }).forEach('part', [1, 2], (part, flow) => {
  flow.humanInTheLoop({}).step('end', ctx => { note({ part, approved: ctx.last.approved }); });
}, { concurrency: 2, workers: 2 });
`),
    });
    const { summary } = await project.cli(['run', 'flow.ts', '--json']);
    expect(summary).toMatchObject({ status: 'paused', waitsFor: { approvals: 2, events: 0 } });
    for (const { token } of project.rows('select token from waits order by scope'))
      await project.cli(['approve', '1', token as string, '--no-resume']);
    expect((await project.cli(['resume', '1', '--json'])).summary).toMatchObject({ status: 'completed' });
    expect(project.ledger()).toEqual([
      { part: 1, approved: true },
      { part: 2, approved: true },
    ]);
  },
);

test(
  'a search for the items at fault uses the answer that the batch was given, and asks nobody',
  { timeout: 60_000 },
  async () => {
    const project = new Project({
      'flow.ts': Project.workflow(`
cronflow.define({ id: 'flow' }).batch('order', { items: [1, 2, 3, 4], size: 4 }, (orders, flow) => {
  flow
    .humanInTheLoop('boss', { onPause: () => note('asked') })
    .step('ship', ctx => {
      if (!ctx.last.approved) throw new Error('nobody has approved');
      for (const order of orders) if (order === 3) throw new Error('order 3 has no address');
    }, { pure: true });
});
`),
    });
    await project.cli(['run', 'flow.ts']);
    expect((await project.cli(['approve', '1'])).code).toBe(1);
    const found = await project.cli(['find', '1', '--yes', '--json']);
    expect(found.events.filter(({ event }) => event === 'finding' || event === 'item')).toMatchObject([{ item: 2 }]);
    expect(project.ledger()).toEqual(['asked']);
  },
);
