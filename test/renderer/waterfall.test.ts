import { describe, expect, test } from 'vitest';
import type { AttemptRow } from '../../host/api/api.ts';
import { waterfall, type WaterfallOf } from '../../renderer/model/waterfall.ts';

/* The attempts of a batch over time, a line for each. */

const attempt = (path: string, number: number, from: number, more: Partial<AttemptRow>): AttemptRow => ({
  scope: 1,
  node: path.length,
  path,
  attempt: number,
  batchAttempt: 1,
  session: 1,
  status: 'succeeded',
  startedAt: from,
  endedAt: from + 100,
  logLines: 0,
  ...more,
});
const failed = (message: string, waitsUntil?: number, askedToWait?: number): Partial<AttemptRow> => ({
  status: 'failed',
  error: { name: 'BusyError', message, fingerprint: message, ...(askedToWait !== undefined && { askedToWait }) },
  ...(waitsUntil !== undefined && { waitsUntil }),
});

const shown = (of: Partial<WaterfallOf>) =>
  waterfall({
    attempts: [],
    earlier: [],
    path: 'p',
    isLive: true,
    now: 3_000,
    mostOf: () => 3,
    nameOf: worker => `worker ${worker}`,
    ...of,
  });
const told = (of: Partial<WaterfallOf>) =>
  (shown(of)?.lines ?? []).map(({ path, attempt, isFirst, text }) => `${isFirst ? path : ''} ${attempt} ${text}`);

const retried = [
  attempt('p/find', 1, 0, {}),
  attempt('p/ask', 1, 100, failed('busy', 1_200)),
  attempt('p/ask', 2, 1_200, failed('busy', 5_300, 4_000)),
];

test('a line says on which worker its attempt was executed', () => {
  expect(told({ attempts: [attempt('p/find', 1, 0, { worker: 2 })] })).toEqual(['p/find 1 ✓ 100 ms · on worker 2']);
});

describe('a batch opens into a line for each step attempt', () => {
  test('with what each came to, how long was waited and who asked for it, and the attempt that follows', () => {
    expect(told({ attempts: retried })).toEqual([
      'p/find 1 ✓ 100 ms',
      'p/ask 1 ✕ busy · waited 1.0 s',
      ' 2 ✕ busy · waits 4.0 s, as the BusyError asked',
      ' 3 attempt 3 of 3 in 3 s',
    ]);
  });

  test('where waits follow on what was executed, and the next attempt stands where it begins', () => {
    expect(shown({ attempts: retried })).toMatchObject({ from: 0, to: 5_300, gaps: [] });
    expect(shown({ attempts: retried })?.lines.map(({ bar, wait }) => [bar, wait])).toEqual([
      [{ from: 0, to: 100 }, undefined],
      [
        { from: 100, to: 200 },
        { from: 200, to: 1_200 },
      ],
      [
        { from: 1_200, to: 1_300 },
        { from: 1_300, to: 5_300 },
      ],
      [{ from: 5_300, to: 5_300 }, undefined],
    ]);
  });

  test('in a run that was stopped, without a countdown', () => {
    expect(told({ attempts: retried, isLive: false }).at(-1)).toBe(' 3 attempt 3 of 3 was to follow');
  });

  test('up to now, while a step runs or waits for its delay', () => {
    const runs = [attempt('p/ask', 1, 1_000, { status: 'running', endedAt: undefined })];
    expect(told({ attempts: runs })).toEqual(['p/ask 1 ▶ running for 2.0 s']);
    expect(shown({ attempts: runs })?.to).toBe(3_000);
    const delayed = [attempt('p/ask', 1, 1_000, { status: 'running', endedAt: undefined, waitsUntil: 9_000 })];
    expect(told({ attempts: delayed })).toEqual(['p/ask 1 begins in 6 s, after its delay']);
    expect(shown({ attempts: delayed })?.lines[0]).toMatchObject({ bar: undefined, wait: { from: 1_000, to: 9_000 } });
  });
});

describe('attempts of the batch follow on each other', () => {
  const earlier: WaterfallOf['earlier'] = [
    {
      attempt: 1,
      status: 'failed',
      startedAt: 0,
      endedAt: 200,
      waitsUntil: 2_200,
      error: { name: 'Error', message: 'no', fingerprint: 'no' },
    },
  ];

  test('with the wait between them', () => {
    const attempts = [
      attempt('p/ask', 1, 0, failed('no')),
      attempt('p/ask', 2, 2_200, { batchAttempt: 2, endedAt: 2_300 }),
    ];
    const lines = shown({ attempts, earlier })?.lines ?? [];
    expect(lines.map(({ batchAttempt, text }) => [batchAttempt, text])).toEqual([
      [undefined, '✕ no'],
      [2, 'the batch waited 2.0 s'],
      [undefined, '✓ 100 ms'],
    ]);
  });

  test('also with the one that is still to begin', () => {
    const attempts = [attempt('p/ask', 1, 0, failed('no'))];
    expect(told({ attempts, earlier, now: 1_000 })).toEqual(['p/ask 1 ✕ no', 'p 2 attempt 2 of 3 in 2 s']);
  });

  test('and days between them are shortened', () => {
    const attempts = [
      attempt('p/ask', 1, 0, failed('no')),
      attempt('p/ask', 2, 1e9, { batchAttempt: 2, endedAt: 1e9 + 100 }),
    ];
    expect(shown({ attempts })?.gaps).toEqual([[100, 1e9]]);
  });
});

test('of very many attempts the latest are shown, and how many are not', () => {
  const attempts = Array.from({ length: 1_000 }, (_, at) =>
    attempt('p/ask', at + 1, at * 100, failed('no', at * 100 + 100)),
  );
  const { lines = [], leftOut } = shown({ attempts }) ?? {};
  expect(lines.length + (leftOut ?? 0)).toBe(1_001);
  expect(lines.length).toBe(200);
  expect(lines.at(-1)?.status).toBe('planned');
});
