import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_STATUS_NAMES } from '../../common/status.ts';
import { mergeRanges } from '../../common/ranges.ts';
import {
  addressOf,
  ALL_BATCHES,
  COLOURINGS,
  DRAWER_TABS,
  INSPECTOR_TABS,
  isStep,
  placeOf,
  type Place,
} from '../../renderer/model/address.ts';
import { AGAINST, COMPARE_AT_FIRST, COMPARE_MODES, DIFFERENCES } from '../../renderer/model/compare/compare-address.ts';
import { VIEWS } from '../../host/api/app-command.ts';

const RUN_4: Place = {
  open: { kind: 'run', run: 4 },
  view: 'graph',
  presenting: false,
  looked: { kind: 'run' },
  tab: 'summary',
  drawer: 'problems',
  batches: ALL_BATCHES,
  compare: COMPARE_AT_FIRST,
};

/** Whatever authors call things: `/`, `?`, `%`, spaces, other scripts. */
const name = fc.string({ unit: 'grapheme', minLength: 1 });
const index = fc.nat();
const place: fc.Arbitrary<Place> = fc.record({
  open: fc.oneof(
    fc.record({ kind: fc.constant('run' as const), run: index }),
    fc.record({ kind: fc.constant('workflow' as const), file: name, workflow: name }),
  ),
  view: fc.constantFrom(...VIEWS),
  presenting: fc.boolean(),
  looked: fc.oneof(
    fc.constant({ kind: 'run' as const }),
    fc.record({ kind: fc.constant('node' as const), path: name }),
    fc.record({
      kind: fc.constant('batch' as const),
      path: name,
      index,
      parent: fc.option(index, { nil: undefined }),
    }),
  ),
  tab: fc.constantFrom(...INSPECTOR_TABS),
  drawer: fc.constantFrom(...DRAWER_TABS),
  batches: fc.record({
    statuses: fc.subarray([...BATCH_STATUS_NAMES]),
    search: fc.string({ unit: 'grapheme' }),
    workers: fc
      .uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 20 })
      .map(list => list.toSorted((a, b) => a - b)),
    by: fc.constantFrom(...COLOURINGS),
    expression: fc.string({ unit: 'grapheme' }),
    unfolded: fc.option(index, { nil: undefined }),
  }),
  compare: fc.record(
    {
      mode: fc.constantFrom(...COMPARE_MODES),
      against: fc.constantFrom(...AGAINST),
      all: fc.boolean(),
      other: index,
      node: name,
      differs: fc.constantFrom(...DIFFERENCES),
    },
    { requiredKeys: ['mode', 'against', 'all', 'differs'] },
  ),
  chosen: fc.option(
    fc.record({
      path: name,
      which: fc.oneof(
        fc.constant({ kind: 'failed' as const }),
        fc.record({ kind: fc.constant('cause' as const), key: name }),
        fc.record({
          kind: fc.constant('ranges' as const),
          ranges: fc
            .array(fc.tuple(index, index), { minLength: 1, maxLength: 5 })
            .map(pairs => mergeRanges(pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))),
        }),
      ),
    }),
    { nil: undefined },
  ),
});

describe('the address of what is on screen', () => {
  test('is short, and says what a person would', () => {
    expect(addressOf(RUN_4)).toBe('#/run/4/graph');
    expect(
      addressOf({
        ...RUN_4,
        view: 'batches',
        looked: { kind: 'batch', path: 'check', index: 17 },
        tab: 'error',
        chosen: { path: 'check', which: { kind: 'cause', key: 'a1b2' } },
        batches: { ...ALL_BATCHES, statuses: ['failed'] },
      }),
    ).toBe('#/run/4/batches?node=check&batch=17&tab=error&cause=a1b2&status=failed');
  });

  test('leads back to the same place, whatever it is', () => {
    fc.assert(
      fc.property(place, there => {
        expect(placeOf(addressOf(there))).toEqual(there);
      }),
    );
  });

  test('carries the moment of a run, and nothing that is none', () => {
    const then = { ...RUN_4, at: 61_500 };
    expect(addressOf(then)).toBe('#/run/4/graph?at=61500');
    expect(placeOf('#/run/4/graph?at=61500')).toEqual({ ...then, chosen: undefined });
    for (const at of ['-1', 'now', '1.5', '1e400', '']) expect(placeOf(`#/run/4/graph?at=${at}`)?.at).toBeUndefined();
    expect(placeOf('#/workflow/a.ts/a/graph?at=5')?.at).toBeUndefined();
    expect(isStep(RUN_4, then)).toBe(false);
  });

  test('that a person typed needs no more than what they want to see', () => {
    expect(placeOf('#/run/4')).toEqual(RUN_4);
    expect(placeOf('#/run/4/batches?batch=17&tab=error')).toMatchObject({
      view: 'batches',
      looked: { kind: 'batch', path: '', index: 17 },
      tab: 'error',
    });
    expect(placeOf('#/run/4/batches?cause=a1b2')).toMatchObject({
      chosen: { path: '', which: { kind: 'cause', key: 'a1b2' } },
    });
  });

  test('shows what it can of what is wrong in it', () => {
    expect(placeOf('#/run/4/nowhere?batch=x&tab=y&status=z,failed&select=9-2&colour=%')).toEqual({
      ...RUN_4,
      batches: { ...ALL_BATCHES, statuses: ['failed'] },
    });
  });

  test.each(['', '#', '#key=abc', '#/', '#/run', '#/run/-1', '#/run/1e3', '#/workflow', '#/folder/x'])(
    'that is none leads nowhere: %s',
    address => {
      expect(placeOf(address)).toBeUndefined();
    },
  );

  test('with any text at all does not throw', () => {
    fc.assert(fc.property(fc.string(), text => void placeOf(`#/run/${text}`)));
  });
});

describe('back and forward', () => {
  test('go from one thing looked at to another', () => {
    expect(isStep(RUN_4, { ...RUN_4, view: 'timeline' })).toBe(true);
    expect(isStep(RUN_4, { ...RUN_4, looked: { kind: 'node', path: 'check' } })).toBe(true);
    expect(isStep(RUN_4, { ...RUN_4, open: { kind: 'run', run: 5 } })).toBe(true);
  });

  test('do not go through each letter of a search', () => {
    expect(isStep(RUN_4, { ...RUN_4, batches: { ...ALL_BATCHES, search: 'nul' } })).toBe(false);
    expect(isStep(RUN_4, { ...RUN_4, tab: 'logs' })).toBe(false);
  });
});
