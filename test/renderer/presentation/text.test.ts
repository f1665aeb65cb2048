import { describe, expect, test } from 'vitest';
import type { Counts, Graph, Progress } from '../../../host/api/api.ts';
import { payOff } from '../../../renderer/model/presentation/pay-off.ts';
import {
  figuresOf,
  mappedNode,
  partOf,
  stageAction,
  stageKind,
  stations,
  type StageKind,
} from '../../../renderer/model/presentation/stage.ts';
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
const said = (of: Progress, codeChanged = false, failedStep?: string): string => {
  const kind = stageKind(of, codeChanged);
  const figures = figuresOf(ENGLISH, of, graph, failedStep);
  return [ENGLISH.badge[kind], ENGLISH.headline[kind](figures), ...ENGLISH.meaning[kind](figures)].join(' | ');
};

describe('the presentation says what happened and what it means, in the words of the author', () => {
  test.each([
    [
      'while it runs',
      progress('running', { total: 3_201, succeeded: 1_500, running: 1_701 }, { left: [19_600, 20_300] }),
      'Running | 1,500 of 3,201 films are done. | About 20 seconds left.',
    ],
    [
      'while nobody knows how many there are',
      {
        ...progress('running', { total: 40, succeeded: 40 }),
        nodes: [{ node: 2, path: 'clean', batches: NONE, items: NONE, complete: false, concurrency: 1 }],
      },
      'Running | 40 films are done so far.',
    ],
    [
      'when batches failed: what waits, and what stays',
      progress('failed', { total: 3_201, succeeded: 2_701, failed: 500 }),
      'Stopped | 500 films could not be finished. | 2,701 are done and will not be touched again.',
    ],
    [
      'when it is paused',
      progress('paused', { total: 3_201, succeeded: 1_500, waiting: 1_701 }),
      'Paused | 1,500 of 3,201 films are done. The rest waits. | Nothing new starts. | Nothing is lost.',
    ],
    [
      'when its process ended',
      progress('interrupted', { total: 4, succeeded: 1, waiting: 3 }),
      'Interrupted | The program stopped in the middle. | 1 film is stored and not done again. | ' +
        'Somebody should look at why it stopped.',
    ],
    [
      'when it was cancelled',
      progress('cancelled', { total: 3_201, succeeded: 1_900, cancelled: 1_301, setAside: 0 }),
      'Cancelled | Someone stopped it on purpose. | 1,900 films are done and stay done. | 1,301 were not done.',
    ],
    ['when all is done', progress('completed', { total: 1_000, succeeded: 1_000 }), 'Done | All 1,000 films are done.'],
    ['when there was one', progress('completed', { total: 1, succeeded: 1 }), 'Done | 1 film is done.'],
    ['when there was nothing to count', progress('completed', {}), 'Done | It is done.'],
    [
      'when failures were tolerated',
      progress('completed', { total: 3_201, succeeded: 3_191, failed: 10 }),
      'Done, with exceptions | 3,191 films are done. 10 could not be finished. | They stay on record with their reasons. | ' +
        'Somebody can correct them and try again.',
    ],
    [
      'when items are set aside',
      progress('completed', { total: 3_201, succeeded: 3_191, setAside: 10 }),
      'Done, with exceptions | 3,191 films are done. 10 are set aside. | They stay on record with their reasons. | ' +
        'Somebody can correct them and take them back in.',
    ],
    [
      'when one is',
      progress('completed', { total: 2, succeeded: 1, setAside: 1 }),
      'Done, with exceptions | 1 film is done. 1 is set aside. | It stays on record with its reason. | ' +
        'Somebody can correct it and take it back in.',
    ],
    [
      'when there is both',
      progress('completed', { total: 9, succeeded: 4, failed: 3, setAside: 2 }),
      'Done, with exceptions | 4 films are done. 3 could not be finished. 2 are set aside. | ' +
        'They stay on record with their reasons. | Somebody can correct them and try again.',
    ],
  ])('%s', (_, given, text) => expect(said(given)).toBe(text));

  test('when a step failed, by its title', () => {
    expect(said(progress('failed', { total: 4, succeeded: 4 }), false, 'report')).toBe(
      'Stopped | “Report” did not work. | 4 are done and will not be touched again.',
    );
  });

  test('never of batches, attempts or code', () => {
    const all = (['running', 'failed', 'completed', 'paused', 'interrupted', 'cancelled'] as const).flatMap(status =>
      [true, false].map(changed => said(progress(status, { total: 9, succeeded: 4, failed: 5 }), changed)),
    );
    const texts = JSON.stringify([all, ENGLISH, ENGLISH.lost(3), ENGLISH.square(100, ['film', 'films'])]);
    expect(texts.replaceAll(/"again":|"failed":/g, '')).not.toMatch(
      /\bbatch|attempt|\bcode\b|re-run|payload|\bJSON\b/i,
    );
  });
});

test('trying again is offered only once the file has changed: before, it would stop in the same places', () => {
  const failed = progress('failed', { total: 2, succeeded: 1, failed: 1 });
  const offered = (of: Progress, changed: boolean) => stageAction(stageKind(of, changed), changed);
  expect([offered(failed, false), offered(failed, true)]).toEqual([undefined, 'again']);
  const tolerated = progress('completed', { total: 2, succeeded: 1, failed: 1 });
  expect([offered(tolerated, false), offered(tolerated, true)]).toEqual([undefined, 'again']);
  const kinds: [StageKind, string | undefined][] = [
    ['running', undefined],
    ['done', undefined],
    ['paused', 'continue'],
    ['interrupted', 'continue'],
    ['cancelled', 'others'],
  ];
  expect(kinds.map(([kind]) => [kind, stageAction(kind, true)])).toEqual(kinds);
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
  expect(ENGLISH.square(mapped?.size, ['film', 'films'])).toBe('One square = 100 films');
  expect(mappedNode(graph, { ...progress('running', {}), nodes: [] })).toBeUndefined();
});

test('batches are called squares only where each of the map’s squares is one of them', () => {
  const few = mappedNode(graph, progress('failed', { total: 2_500, failed: 3, succeeded: 2_497 }));
  expect(ENGLISH.batches(3, partOf(['clean'], few))).toBe('3 squares');
  expect(ENGLISH.batches(3, partOf(['clean/inner'], few))).toBe('3 batches');
  const many = mappedNode(graph, progress('failed', { total: 2_501, failed: 3, succeeded: 2_498 }));
  expect(ENGLISH.batches(3, partOf(['clean'], many))).toBe('3 batches');
  expect(ENGLISH.batches(1, partOf(['clean'], undefined))).toBe('1 batch');
  const again = { unit: ['film', 'films'], parts: 3, as: partOf(['clean'], many), next: [], done: 0 } as const;
  expect(ENGLISH.again(again)).toEqual(['It repeats 3 batches.']);
  expect(ENGLISH.repeated(1, 2_500, partOf([], many))).toBe('1 batch was repeated. 2,500 were not touched again.');
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

describe('who has to be looked at', () => {
  const figures = { unit: ['film', 'films'] as const, items: 10, waiting: 490 };

  test('is said by name, and that nothing is wrong with the others', () => {
    expect(ENGLISH.atFault({ ...figures, names: ['1776', '1941'] }).join(' ')).toBe(
      '10 films need a correction: “1776”, “1941”, and 8 more. Nothing is wrong with the other 490 films: they only wait.',
    );
    expect(ENGLISH.atFault({ ...figures, items: 2, waiting: 1, names: ['21', '9'] }).join(' ')).toBe(
      '2 films need a correction: “21” and “9”. Nothing is wrong with the other film: it only waits.',
    );
  });

  test('is counted where nobody has given names', () => {
    expect(ENGLISH.atFault({ ...figures, items: 1, waiting: 0, names: [] })).toEqual(['1 film needs a correction.']);
  });
});
