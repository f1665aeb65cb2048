import { expect, test } from 'vitest';
import type { FailureCause } from '../../host/api/api.ts';
import { causeColours } from '../../renderer/model/cause-colours.ts';

const cause = (fingerprint: string, node = 1): FailureCause => ({
  node,
  path: 'clean',
  fingerprint,
  name: 'Error',
  message: `what ${fingerprint} says`,
  pattern: [],
  batches: 1,
  first: { index: 0, parent: 0 },
});
const names = (count: number) => Array.from({ length: count }, (_, at) => `Error /films.ts:${at} raw ${at}`);

test('each cause has its colour and its words, the most frequent first, wherever it stands on the map', () => {
  const { colourOf, legend } = causeColours(['b', 'a'], [cause('a'), cause('b'), cause('elsewhere')], 8);
  expect(legend).toEqual([
    { colour: 0, text: 'what a says' },
    { colour: 1, text: 'what b says' },
  ]);
  expect([0, 1].map(colourOf)).toEqual([1, 0]);
});

test('causes past the colours share the last one, and are said to', () => {
  const all = names(12);
  const { colourOf, legend } = causeColours(
    all,
    all.toReversed().map(name => cause(name)),
    8,
  );
  expect(legend).toHaveLength(8);
  expect(legend.at(-1)).toEqual({ colour: 7, text: 'other causes' });
  expect([11, 5, 4, 0, 254].map(colourOf)).toEqual([0, 6, 7, 7, 7]);
});

test('as many as there are colours need not share', () => {
  const all = names(8);
  expect(
    causeColours(
      all,
      all.map(name => cause(name)),
      8,
    ).legend.at(-1)?.text,
  ).toMatch(/^what/);
});

test('a cause that is not known in words is never shown as what it is found by', () => {
  const all = names(3);
  const { legend, colourOf } = causeColours(all, [cause(all[1] ?? '')], 8);
  expect(legend.map(({ text }) => text)).toEqual([`what ${all[1]} says`, 'other causes']);
  expect([0, 1, 2].map(colourOf)).toEqual([7, 0, 7]);
  expect(causeColours(all.slice(0, 1), [], 8).legend).toEqual([{ colour: 7, text: 'another cause' }]);
});

test('nodes that fail alike share a colour', () =>
  expect(causeColours(['a'], [cause('a', 1), cause('a', 2)], 8).legend).toHaveLength(1));
