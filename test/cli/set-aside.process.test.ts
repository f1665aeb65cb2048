import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/** Six parcels in batches of three; those that are no mass are marked. */
const PARCELS = Project.workflow(`
const parcels = ['12 kg', '8 kg', 'heavy', '3 kg', '5 kg', '?'];
cronflow.define({ id: 'parcels', name: 'Weigh the parcels' })
  .batch('weigh', { items: parcels, size: 3, unit: ['parcel', 'parcels'], label: parcel => parcel }, (batch, flow) => {
    flow.step('kilos', ctx => ctx.each(batch, parcel => {
      note(parcel);
      const kilos = Number.parseFloat(parcel);
      if (Number.isNaN(kilos)) throw new Error(parcel + ' is no mass');
      return kilos;
    }));
  })
  .step('report', ctx => ctx.steps.weigh.output.items);
`);

test('a batch with `onItemError` does it by itself, in one command, also with its batches in other processes', async () => {
  const build = (options: string) => PARCELS.replace('size: 3,', `size: 3, onItemError: 'set-aside', ${options}`);
  const project = new Project({ 'alone.ts': build(''), 'workers.ts': build('workers: 2,') });
  for (const file of ['alone.ts', 'workers.ts']) {
    const { code, summary, stderr } = await project.cli(['run', file, '--json']);
    expect(code, stderr).toBe(0);
    expect(summary).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 4, failed: 0, setAside: 2 } });
  }
});

describe('cronflow rerun --set-aside', () => {
  test('goes on without the items at fault, lists and exports them, and takes them back in', async () => {
    const project = new Project({ 'parcels.ts': PARCELS });
    const [first] = await project.many(['run', 'parcels.ts']);
    expect(first?.stdout).toContain('rerun 1 --set-aside found');
    const before = project.ledger().length;
    const [plan, rerun, shown, exported, back, after] = await project.many(
      ['rerun', '1', '--set-aside', 'found', '--dry-run'],
      ['rerun', '1', '--set-aside', 'found', '--reason', 'asked the sender', '--json'],
      ['show', '1'],
      ['export', '1', '--set-aside'],
      ['rerun', '1', '--take-back', '1:2', '--json'],
      ['rerun', '1', '--set-aside', '1:2', '--json'],
    );
    expect(plan?.stdout).toContain('Sets aside: 2 parcels of weigh (heavy, ?)');
    expect(rerun?.events[0]).toMatchObject({
      event: 'started',
      rerun: { setAside: [{ path: 'weigh', items: 2, batches: 2, names: ['heavy', '?'] }], takenIn: [] },
    });
    expect(rerun?.summary).toMatchObject({
      status: 'completed',
      items: { total: 6, succeeded: 4, failed: 0, setAside: 2 },
      output: { total: 6, succeeded: 4, failed: 0, setAside: 2 },
    });
    expect(project.ledger().slice(before, before + 4)).toEqual(['12 kg', '8 kg', '3 kg', '5 kg']);
    expect(shown?.stdout).toContain('weigh: 6 parcels = 4 done + 2 set aside');
    expect(shown?.stdout).toContain('heavy · position 2, batch #0 · asked the sender');
    expect(
      exported?.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as unknown),
    ).toMatchObject([
      { node: 'weigh', batch: 0, item: 2, position: 2, value: 'heavy', found: 'marked', reason: 'asked the sender' },
      { node: 'weigh', batch: 1, item: 2, position: 5, value: '?', error: { message: '? is no mass' } },
    ]);
    expect(back).toMatchObject({ code: 1, summary: { items: { succeeded: 2, failed: 3, setAside: 1 } } });
    expect(after).toMatchObject({ code: 0, summary: { items: { succeeded: 4, failed: 0, setAside: 2 } } });
  });
});

test('--edit corrects an item as it is taken back in', async () => {
  const project = new Project({ 'parcels.ts': PARCELS });
  const [, , plan, refused, back] = await project.many(
    ['run', 'parcels.ts'],
    ['rerun', '1', '--set-aside', 'found'],
    ['rerun', '1', '--take-back', '0:2', '--edit', '"7 kg"', '--dry-run'],
    ['rerun', '1', '--take-back', '0:2', '--edit', 'mass="7 kg"'],
    ['rerun', '1', '--take-back', '0:2', '--edit', '"7 kg"', '--json'],
  );
  expect(plan?.stdout).toContain('Takes back in: 1 parcel of weigh (0:2)');
  expect(refused?.code).toBe(2);
  expect(refused?.stderr).toContain('The item can have no mass: it is "heavy".');
  expect(back?.summary).toMatchObject({ status: 'completed', items: { succeeded: 5, failed: 0, setAside: 1 } });
  expect(project.ledger().slice(-3)).toEqual(['12 kg', '8 kg', '7 kg']);
});
