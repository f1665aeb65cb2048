import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/*
 * A process that is killed before, during and after an effect. What was done outside stands in the ledger, which no kill
 * undoes: nothing is ever done twice, and what is unknown is never claimed to be done.
 */

const FLOW = Project.workflow(`
import { existsSync, readFileSync } from 'node:fs';
const here = (name: string) => new URL('./' + name, import.meta.url);
const wasDone = (key: string) => existsSync(ledger) && readFileSync(ledger, 'utf8').includes(JSON.stringify(key));
const ledger = here('ledger.txt');
cronflow.define({ id: 'pay', name: 'Pay' })
  .forEach('order', [1, 2, 3], (order: number, flow: any) => {
    flow.step('charge', (ctx: any) => ctx.effect('charge ' + order, () => {
      if (order === 2 && existsSync(here('die-before'))) process.kill(process.pid, 'SIGKILL');
      note('charge ' + order);
      if (order === 2 && existsSync(here('die-after'))) process.kill(process.pid, 'SIGKILL');
      return 'R-' + order;
    }, {
      unit: ['payment', 'payments'],
      ...(existsSync(here('verified')) && { verify: (key: string) => wasDone(key) ? 'found ' + key : undefined }),
    }));
  }, { tolerateFailures: 'all' })
  .step('receipts', async (ctx: any) => {
    const all = [];
    for await (const { output } of ctx.results('order')) all.push(output);
    return all;
  });
`);

/** Where the process dies while the second effect is executed, and whether the effect had been done. */
const DEATHS = [
  { at: 'effect-begun:2', wasDone: false },
  { at: 'die-before', wasDone: false },
  { at: 'die-after', wasDone: true },
  { at: 'effect-returned:2', wasDone: true },
] as const;

/** A run that has lost its process there. */
async function killed(at: string): Promise<Project> {
  const project = new Project({ 'flow.ts': FLOW });
  const isPoint = at.startsWith('effect-');
  if (!isPoint) project.write(at, '');
  const env = isPoint ? { CRONFLOW_CRASH_AT: at } : {};
  const { summary } = await project.cli(['run', 'flow.ts', '--json'], { env });
  expect(summary).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('was killed (SIGKILL)') });
  return project;
}

test.each(DEATHS)('killed at $at: the effect is unknown until somebody says what became of it', async death => {
  const project = await killed(death.at);
  // Whatever had killed it is no more, also for what runs from now on.
  project.write('flow.ts', FLOW.replaceAll('die-', 'lives-'));
  const [shown, resumed, listed] = await project.many(
    ['effects', '1', '--json'],
    ['resume', '1', '--json'],
    ['effects', '1', '--only', 'unknown'],
  );
  expect(shown?.events).toMatchObject([
    { event: 'effect', key: 'charge 1', status: 'done', receipt: 'R-1', batches: [{ node: 'order', index: 0 }] },
    { event: 'effect', key: 'charge 2', status: 'unknown', step: 'order/charge' },
    { event: 'effects', run: '1', done: 1, failed: 0, unknown: 1 },
  ]);
  expect(resumed?.summary).toMatchObject({ status: 'completed', items: { succeeded: 2, failed: 1 } });
  expect(resumed?.events.at(-2)).toEqual({ event: 'effects', run: '1', done: 2, failed: 0, unknown: 1 });
  expect(listed?.stdout).toContain('? unknown  "charge 2" · order/charge in order #1');
  expect(listed?.stdout).toContain('effects 1 --done <key>');
  expect(project.ledger().toSorted()).toEqual(
    death.wasDone ? ['charge 1', 'charge 2', 'charge 3'] : ['charge 1', 'charge 3'],
  );

  const [plan, dry, settled, rerun] = await project.many(
    ['rerun', '1', '--batches', 'all', '--from-start', '--dry-run'],
    ['effects', '1', '--done', 'charge 2', '--dry-run', '--json'],
    death.wasDone
      ? ['effects', '1', '--done', 'charge 2', '--receipt', '"R-2"']
      : ['effects', '1', '--not-done', 'charge 2'],
    ['rerun', '1', '--json'],
  );
  expect(plan?.stdout).toContain('Effects of order/charge: 2 payments already done are skipped, 1 is unknown');
  expect(dry?.events[0]).toMatchObject({ key: 'charge 2', status: 'done', settled: 'person' });
  expect(settled?.stdout).toContain('0 unknown');
  expect(rerun?.summary).toMatchObject({ status: 'completed', output: ['R-1', 'R-2', 'R-3'] });
  expect(project.ledger().toSorted()).toEqual(['charge 1', 'charge 2', 'charge 3']);
});

test.each(DEATHS)('killed at $at: a verify says what became of the effect', async death => {
  const project = await killed(death.at);
  project.write('flow.ts', FLOW.replaceAll('die-', 'lives-'));
  project.write('verified', '');
  const resumed = await project.cli(['resume', '1', '--json']);
  expect(resumed.summary).toMatchObject({
    status: 'completed',
    output: ['R-1', death.wasDone ? 'found charge 2' : 'R-2', 'R-3'],
  });
  expect(project.ledger().toSorted()).toEqual(['charge 1', 'charge 2', 'charge 3']);
});

test('killed after the receipt was committed: the effect is done, and its receipt is returned', async () => {
  const project = await killed('effect-committed:2');
  const resumed = await project.cli(['resume', '1', '--json']);
  expect(resumed.summary).toMatchObject({ status: 'completed', output: ['R-1', 'R-2', 'R-3'] });
  expect(project.ledger()).toEqual(['charge 1', 'charge 2', 'charge 3']);
});
