import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

const SHOP = Project.workflow(`
cronflow
  .define({ id: 'shop', demo: { pace: '150ms', fail: [{ step: 'pack', batches: [1], error: 'The printer has no paper' }] } })
  .batch('send', { items: [1, 2, 3], size: 1 }, ([order], flow) => flow.step('pack', () => note(order)));
cronflow.define({ id: 'plain' }).sleep('10s');
`);

test('a demo takes the place of the runs of its folder, is reset to its beginning, and is left again', async () => {
  const project = new Project({ 'shop.ts': SHOP });
  const studio = await Studio.open(project);
  const plain = await studio.workflow('shop.ts', 'plain');
  const shop = await studio.workflow('shop.ts', 'shop');
  const own = await studio.start('shop.ts', {}, 'plain');
  expect(problem(await studio.api.startDemo(shop)).message).toBe(
    'A run is still running in this workspace. Wait for it, or pause it, before you start a demo.',
  );
  value(await studio.api.stopRun({ run: own, as: 'cancelled' }));
  await studio.ended(own);

  expect(problem(await studio.api.startDemo(plain)).message).toContain('workflow "plain" has no demo.');
  expect(await studio.api.getWorkspace({})).not.toHaveProperty('demo');

  const { run } = value(await studio.api.startDemo(shop));
  expect(await studio.api.getWorkspace({})).toMatchObject({ demo: true, folder: project.folder });
  expect(await studio.ended(run)).toMatchObject({ run: 1, status: 'failed', demo: true, failedBatches: 1 });
  expect(problem(await studio.api.startRun({ ...plain, payload: '' })).message).toContain('Demos are shown');
  value(await studio.api.rerun({ run, request: { select: 'failed' } }));
  expect(await studio.until('it is healed', async () => (await studio.ended(run)).status === 'completed')).toBe(true);

  const again = value(await studio.api.startDemo(shop));
  expect(again.run).toBe(2);
  value(await studio.api.resetDemo({}));
  expect(await studio.api.listRuns({ limit: 10 })).toEqual([]);
  expect(await studio.until('both are gone', () => Promise.resolve(studio.events('onRunGone').length === 2))).toBe(
    true,
  );
  value(await studio.api.startDemo(shop));
  // In one go: what is started after a reset is not deleted by it.
  const [reset, started] = await Promise.all([studio.api.resetDemo({}), studio.api.startDemo(shop)]);
  value(reset);
  expect(value(started)).toEqual({ run: 1 });

  expect(value(await studio.api.leaveDemo({}))).not.toHaveProperty('demo');
  expect(await studio.api.listRuns({ limit: 10 })).toMatchObject([
    { run: own, workflow: 'plain', status: 'cancelled' },
  ]);
  expect(problem(await studio.api.resetDemo({})).message).toBe('No demo is shown, so there is nothing to reset.');
  expect(existsSync(project.path('.cronflow/demo.db'))).toBe(true);
});

test('a folder that is not trusted starts no demo', async () => {
  const project = new Project({ 'shop.ts': SHOP });
  const studio = await Studio.open(project, { trustForThisLaunch: false });
  expect(problem(await studio.api.startDemo({ file: 'shop.ts', workflow: 'shop' })).name).toBe('NotTrustedError');
  expect(existsSync(project.path('.cronflow/demo.db'))).toBe(false);
});
