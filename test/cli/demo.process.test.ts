import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually, type Event } from '../support/cli.ts';
import { Project } from '../support/project.ts';

const SHOP = Project.workflow(`
const fail = [{ step: 'send/pack', share: 0.2, error: 'The printer has no paper' }];
cronflow
  .define({ id: 'shop', name: 'Send the orders', demo: { seed: 4, pace: '20ms', fail } })
  .batch('send', { items: Array.from({ length: 40 }, (_, order) => order), size: 1, concurrency: 4 }, ([order], flow) => {
    flow
      .step('pack', () => note({ pack: order }))
      .step('mail', ctx => ctx.effect('mail ' + order, () => note({ mail: order })));
  });
cronflow.define({ id: 'plain', name: 'Plain' }).step('one', () => 1);
`);
const DEMO_STORE = '.cronflow/demo.db';

function failedBatches(events: readonly Event[]): number[] {
  return events.flatMap(({ event, indices }) => (event === 'failure' ? (indices as number[]) : []));
}

test('a demo runs in a store of its own, is marked wherever it is shown, heals with a re-run, and begins again with --reset', async () => {
  const project = new Project({ 'shop.ts': SHOP });
  const [first, shown, text, runs, listed, healed, again, showAgain] = await project.many(
    ['demo', 'shop.ts', '--workflow', 'shop', '--json'],
    ['show', '1', '--json', '--store', DEMO_STORE],
    ['show', '1', '--store', DEMO_STORE],
    ['runs', '--store', DEMO_STORE],
    ['runs', '--json', '--store', DEMO_STORE],
    ['rerun', '1', '--json', '--store', DEMO_STORE],
    ['demo', 'shop', '--reset', '--json'],
    ['show', '1', '--json', '--store', DEMO_STORE],
  );
  expect(first).toMatchObject({ code: 1, summary: { run: '1', status: 'failed', demo: true } });
  expect(first?.events[0]).toMatchObject({ event: 'started', demo: true });
  const failed = failedBatches(shown?.events ?? []);
  expect(failed.length).toBeGreaterThan(3);
  expect(text?.stdout).toContain(`${failed.length} of 40 batches failed (demo run 1, `);
  expect(text?.stdout).toContain(`rerun 1 --store ${DEMO_STORE}`);
  expect(runs?.stdout).toMatch(/^ {3}1 {2}failed {6}demo Send the orders · /);
  expect(listed?.events).toMatchObject([{ run: '1', demo: true }]);
  expect(healed).toMatchObject({ code: 0, summary: { status: 'completed', demo: true, batches: { succeeded: 40 } } });
  expect(again).toMatchObject({ code: 1, summary: { run: '1', batches: { failed: failed.length } } });
  expect(failedBatches(showAgain?.events ?? [])).toEqual(failed);
  expect(project.ledger().filter(entry => 'mail' in entry)).toEqual([]);
  expect(existsSync(project.storeFile)).toBe(false);
});

test('a demo that is killed and resumed fails in the same batches as one that never was', async () => {
  const project = new Project({ 'shop.ts': SHOP });
  const call = project.start(['demo', 'shop', '--json']);
  await eventually('some batches are done', () => project.ledger().length > 8, 60);
  const [{ pid }] = project.rowsOf(project.path(DEMO_STORE), 'select pid from sessions');
  process.kill(pid as number, 'SIGKILL');
  expect((await call.done).summary).toMatchObject({ status: 'interrupted', demo: true });
  const [resumed, shown, , whole] = await project.many(
    ['resume', '1', '--json', '--store', DEMO_STORE],
    ['show', '1', '--json', '--store', DEMO_STORE],
    ['demo', 'shop', '--reset', '--json'],
    ['show', '1', '--json', '--store', DEMO_STORE],
  );
  expect(resumed).toMatchObject({ code: 1, summary: { status: 'failed', demo: true } });
  expect(failedBatches(shown?.events ?? []).length).toBeGreaterThan(3);
  expect(failedBatches(shown?.events ?? [])).toEqual(failedBatches(whole?.events ?? []));
});

test('a demo is refused in words where there is none, where nothing has that name, and where somebody asks for workers', async () => {
  const project = new Project({ 'shop.ts': SHOP });
  const [none, unknown, , workers, inRuns] = await project.many(
    ['demo', 'plain'],
    ['demo', 'shpo'],
    ['demo', 'shop'],
    ['rerun', '1', '--workers', '2', '--store', DEMO_STORE],
    ['demo', 'shop', '--workers', '2'],
  );
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('workflow "plain" has no demo. Give its define one: demo: {'),
  });
  expect(unknown?.stderr).toBe('There is no file "shpo" here, and no workflow of that id. Did you mean shop?\n');
  expect(workers?.stderr).toBe('Run 1 is a demo. All its batches are executed in one process: leave out --workers.\n');
  expect(inRuns?.stderr).toContain('cronflow demo has no option --workers.');
});
