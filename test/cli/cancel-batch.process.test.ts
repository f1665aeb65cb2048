import { expect, test } from 'vitest';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/** The third order hangs. */
const ORDERS = Project.workflow(`
cronflow.define({ id: 'orders' }).forEach('orders', [0, 1, 2, 3], (order: any, flow: any) => {
  flow.step('call', async () => {
    note({ calls: order });
    if (order === 2) await new Promise(() => setInterval(() => undefined, 1_000));
  });
});`);

test('cancel --batch cancels one batch of a run in another process, which goes on to its end', async () => {
  const project = new Project({ 'orders.ts': ORDERS });
  const run = project.start(['run', 'orders.ts', '--json']);
  await eventually('the third order hangs', () => project.ledger().some(({ calls }) => calls === 2));
  const [wrong, other, plan, planned, cancelled, again, over] = await project.many(
    ['cancel', '1', '--batch', 'x'],
    ['cancel', '1', '--batch', '2', '--node', 'mails'],
    ['cancel', '1', '--batch', '2', '--dry-run'],
    ['cancel', '1', '--batch', '2', '--dry-run', '--json'],
    ['cancel', '1', '--batch', '2'],
    ['cancel', '1', '--batch', '2'],
    ['cancel', '1', '--batch', '2', '--dry-run'],
  );
  expect(wrong?.stderr).toContain('--batch');
  expect(other?.stderr).toContain('Run 1 has no batches of "mails". Choose one of: orders.');
  expect(plan).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ {2}Cancels: batch 2 of run 1, which is (running|waiting)\. The run goes on\.\n$/),
  });
  expect(planned?.events).toMatchObject([{ event: 'dry-run', run: '1', node: 'orders', batch: 2 }]);
  // Nothing had been asked of the run until then.
  expect(cancelled).toMatchObject({ code: 0, stdout: 'Batch 2 of run 1 is cancelled. The run goes on.\n' });
  expect(over).toMatchObject({ code: 2, stdout: '', stderr: again?.stderr });
  expect(again?.stderr).toContain('Batch 2 of run 1 is over: there is nothing to cancel.');
  expect(await run.done).toMatchObject({
    code: 0,
    summary: { status: 'completed', batches: { total: 4, succeeded: 3, cancelled: 1 } },
  });
});
