import { expect, test } from 'vitest';
import { itemsOf, NOTHING_PLANTED, refusePlanted, type Planted } from '../support/planted-items.ts';
import { Project } from '../support/project.ts';

/* A few of the batches of test/fuzz/items-at-fault.process.test.ts, through real processes. */

function file(planted: Planted): string {
  return Project.workflow(`
const planted = ${JSON.stringify(planted)};
const kept = { seen: new Set(), calls: 0 };
const refusePlanted = ${String(refusePlanted)};
cronflow.define({ id: 'planted', name: 'Planted' })
  .batch('work', { items: ${JSON.stringify(itemsOf(planted))}, size: planted.size, tolerateFailures: 'all' }, (items, flow) => {
    flow.step('try', () => refusePlanted(planted, kept, items));
  });
`);
}

test.each<readonly [string, Partial<Planted>, readonly (readonly [item: number, found: string])[], object]>([
  [
    'items that fail alone, of two causes, all worked on at the same time',
    { broken: [3, 4, 17], causes: 2, style: 'all at once' },
    [3, 4, 17].map(item => [item, 'probed'] as const),
    { complete: true },
  ],
  [
    'a set that fails only together',
    { together: [2, 11] },
    [
      [2, 'together'],
      [11, 'together'],
    ],
    { complete: true },
  ],
  ['an item beside a memory of what was seen', { broken: [5], remembers: true }, [[5, 'probed']], { complete: true }],
  [
    'an item beside connections that are not closed',
    { broken: [5], callsLeft: 4 },
    [[5, 'probed']],
    { complete: true },
  ],
  ['nothing in a step that needs its whole batch', { broken: [5], needsAll: true }, [], { complete: false }],
])('cronflow find names %s', async (_, chosen, expected, end) => {
  const planted = { ...NOTHING_PLANTED, ...chosen };
  const project = new Project({ 'planted.ts': file(planted) });
  await project.cli(['run', 'planted.ts']);
  const { events, stderr } = await project.cli(['find', '1', '--yes', '--seconds', '100', '--json']);
  expect(events.at(-1), stderr).toMatchObject({ event: 'found', items: expected.length, ...end });
  expect(events.slice(0, -1)).toMatchObject(expected.map(([item, found]) => ({ event: 'item', item, found })));
});
