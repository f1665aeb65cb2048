import { describe, expect, test } from 'vitest';
import type { Counts, Graph, Progress } from '../../../host/api/api.ts';
import { payOff } from '../../../renderer/model/presentation/pay-off.ts';
import {
  mappedNode,
  partOf,
  stageAction,
  stageKind,
  stations,
  type StageKind,
} from '../../../renderer/model/presentation/stage.ts';
import type { Correction } from '../../../renderer/model/presentation/correction.ts';
import { textIn } from '../../../renderer/model/presentation/languages.ts';

const ENGLISH = textIn(['en']);

const NONE: Counts = { total: 0, succeeded: 0, failed: 0, running: 0, waiting: 0, cancelled: 0, setAside: 0 };
const graph: Graph = {
  id: 'films',
  name: 'Films',
  triggers: [],
  nodes: [
    { path: 'load', id: 'load', kind: 'step', title: 'Load films' },
    { path: 'note', id: 'note', kind: 'log' },
    { path: 'clean', id: 'clean', kind: 'batch', title: 'Clean', unit: ['film', 'films'], settings: { size: 100 } },
    { path: 'report', id: 'report', kind: 'step', title: 'Report' },
  ],
};
const progress = (status: Progress['status'], items: Partial<Counts>, more: Partial<Progress> = {}): Progress => {
  const counts = { ...NONE, ...items };
  return {
    status,
    items: counts,
    batches: counts,
    failedBatches: counts.failed,
    nodes: [{ node: 2, path: 'clean', batches: counts, items: counts, complete: true, concurrency: 1 }],
    steps: [{ path: 'load', running: 0, succeeded: 1, failed: 0, retrying: 0, retries: 0, waited: 0 }],
    rate: 0,
    startedAt: 0,
    activeMs: 0,
    ...more,
  };
};

test('trying again is the one thing to do only once a test has passed; after any other change it is no more than possible', () => {
  const failed = progress('failed', { total: 2, succeeded: 1, failed: 1 });
  const tolerated = progress('completed', { total: 2, succeeded: 1, failed: 1 });
  const offered = (of: Progress, correction: Correction['kind']) =>
    stageAction(stageKind(of, correction), correction, of.failedBatches > 0);
  const all = ['none', 'unknown', 'testing', 'partly', 'corrected'] as const;
  const again = { does: 'again', isNext: true };
  const possible = { does: 'again', isNext: false };
  expect(all.map(correction => offered(failed, correction))).toEqual([
    undefined,
    possible,
    undefined,
    undefined,
    again,
  ]);
  expect(all.map(correction => offered(tolerated, correction))).toEqual([
    undefined,
    possible,
    undefined,
    undefined,
    again,
  ]);
  const aside = progress('completed', { total: 2, succeeded: 1, setAside: 1 });
  expect(offered(aside, 'corrected')).toBeUndefined();
});

test('what was stopped can be continued, and of what was cancelled the others can be done', () => {
  const kinds: [StageKind, string | undefined][] = [
    ['running', undefined],
    ['pausing', undefined],
    ['cancelling', undefined],
    ['done', undefined],
    ['paused', 'continue'],
    ['interrupted', 'continue'],
    ['cancelled', 'others'],
  ];
  expect(kinds.map(([kind]) => [kind, stageAction(kind, 'unknown', true)?.does])).toEqual(kinds);
});

test('a run that was asked to end is ending, whatever it was asked to become', () => {
  const running = progress('running', { total: 2, running: 2 });
  expect([undefined, 'paused', 'cancelled'].map(as => stageKind(running, 'none', as as 'paused' | undefined))).toEqual([
    'running',
    'pausing',
    'cancelling',
  ]);
});

describe('the stations', () => {
  const states = (of: Progress) => stations(graph, of).map(({ title, state }) => `${title}: ${state}`);

  test('are the steps of the workflow, without its log lines', () => {
    expect(states(progress('running', { total: 4, running: 2, waiting: 2 }))).toEqual([
      'Load films: done',
      'Clean: working',
      'Report: waiting',
    ]);
  });

  test('behind one that stopped do not come next: they wait', () => {
    expect(states(progress('failed', { total: 4, failed: 1, succeeded: 3 }))).toEqual([
      'Load films: done',
      'Clean: stopped',
      'Report: waiting',
    ]);
  });

  test('of a run that somebody paused are not running', () => {
    expect(states(progress('paused', { total: 4, succeeded: 3, waiting: 1 }))[1]).toBe('Clean: paused');
  });
});

test('the map is that of the batches that are worked on, and says how many of the author’s things a square is', () => {
  const mapped = mappedNode(graph, progress('running', { total: 33 }));
  expect(mapped).toEqual({ node: 2, path: 'clean', batches: 33, size: 100, isSingle: true });
  expect(ENGLISH.square(mapped?.size, ['film', 'films'])).toBe('One square = 100\u00a0films');
  expect(mappedNode(graph, { ...progress('running', {}), nodes: [] })).toBeUndefined();
});

test('batches are called squares only where each of the map’s squares is one of them', () => {
  const few = mappedNode(graph, progress('failed', { total: 2_500, failed: 3, succeeded: 2_497 }));
  expect(ENGLISH.batches(3, partOf(['clean'], few))).toBe('3 squares');
  expect(ENGLISH.batches(3, partOf(['clean/inner'], few))).toBe('3 batches');
  const many = mappedNode(graph, progress('failed', { total: 2_501, failed: 3, succeeded: 2_498 }));
  expect(ENGLISH.batches(3, partOf(['clean'], many))).toBe('3 batches');
  expect(ENGLISH.batches(1, partOf(['clean'], undefined))).toBe('1 batch');
  const again = {
    unit: ['film', 'films'],
    parts: 3,
    as: partOf(['clean'], many),
    items: 0,
    next: [],
    done: 0,
  } as const;
  expect(ENGLISH.again(again)).toEqual(['It repeats 3 batches.']);
});

describe('the pay-off', () => {
  test('is the figures and short texts of the result by their names, and how many of what is a long list', () => {
    const result = {
      films: 3_201,
      takings: 272_600_000_000,
      withoutTakings: Array(54).fill('x'),
      best: ['Avatar', 'Titanic'],
      raw: {},
    };
    expect(payOff(JSON.stringify(result), ENGLISH.wording)).toEqual([
      { label: 'Films', value: '3,201' },
      { label: 'Takings', value: '272.6 billion' },
      { label: 'Without takings', value: '54' },
      { label: 'Best', value: 'Avatar, Titanic' },
    ]);
    expect(payOff('"Avatar"', ENGLISH.wording)).toEqual([{ label: undefined, value: 'Avatar' }]);
  });

  test.each(['null', '[1,2]', '{"a": {', '{"a":{"b":1}}', JSON.stringify('x'.repeat(500)), 'true'])(
    'is not shown of %s',
    json => expect(payOff(json, ENGLISH.wording)).toEqual([]),
  );
});
