import { describe, expect, test } from 'vitest';
import {
  isHalted,
  whatIsLeft,
  whyNotRunning,
  type NodeAtWork,
  type RunAtWork,
  type WhyOf,
} from '../../renderer/model/why-waiting.ts';

/* Why a batch does not run: only reasons that are true. */

const NOW = 10_000;
const node: NodeAtWork = {
  running: 5,
  retrying: 3,
  waiting: 52,
  places: 8,
  heldUntil: undefined,
  hasRateLimit: false,
  isHalted: false,
  nextAt: NOW + 2_100,
};
const run: RunAtWork = { status: 'running', stopping: undefined };

const why = (of: Partial<WhyOf> & { row?: WhyOf['row'] } = {}) =>
  whyNotRunning({
    row: { status: 'waiting' },
    node,
    run,
    now: NOW,
    title: path => path.toUpperCase(),
    mostOf: () => 3,
    ...of,
  });

const wait = (until: number, more: object = {}) =>
  ({ status: 'retrying', wait: { path: 'ask', kind: 'next attempt', attempt: 3, until, ...more } }) as const;

describe('a batch that waits for its next attempt', () => {
  test('says which and when, and who asked for it', () => {
    expect(why({ row: wait(NOW + 2_100) })).toBe('In 3 s: attempt 3 of 3 of ASK.');
    expect(why({ row: wait(NOW + 2_100, { asked: 'BusyError' }) })).toBe(
      'In 3 s: attempt 3 of 3 of ASK, as the BusyError asked.',
    );
    expect(why({ row: wait(NOW) })).toBe('Now: attempt 3 of 3 of ASK.');
  });

  test('or that a rate limit holds it, where the wait is over', () => {
    expect(why({ row: wait(NOW - 1), node: { ...node, heldUntil: NOW + 4_000 } })).toBe(
      'In 4 s, by the rate limit: attempt 3 of 3 of ASK.',
    );
  });

  test('or nothing of a time, in a run that was stopped', () => {
    expect(why({ row: wait(NOW + 2_100), run: { status: 'paused', stopping: undefined } })).toBe('The run is paused.');
  });
});

describe('a batch that has not begun', () => {
  test('waits for a place, and it is said who has them', () => {
    expect(why()).toBe('All 8 places are in use, 3 of them by batches that wait for their next attempt.');
    expect(why({ node: { ...node, running: 8, retrying: 0 } })).toBe('All 8 places are in use.');
    expect(why({ node: { ...node, running: 0, retrying: 1, places: 1 } })).toBe(
      'The only place is in use by a batch that waits for its next attempt.',
    );
  });

  test('or for the rate limit, once there are places', () => {
    const held = { ...node, running: 1, heldUntil: NOW + 800, hasRateLimit: true };
    expect(why({ node: held })).toBe('The rate limit lets the next batch begin in 1 s.');
    expect(why({ node: { ...held, heldUntil: undefined } })).toBe(
      'It waits for its turn: at most 8 run at a time, and there is a rate limit.',
    );
  });

  test('or for the batch that it stands in', () => {
    const parent = { title: 'Regions', index: 4, status: 'waiting' } as const;
    expect(why({ parent })).toBe('It waits for batch 4 of Regions, which is waiting.');
    expect(why({ parent: { ...parent, status: 'running' } })).toBe(
      'It waits for its turn: at most 8 run at a time in batch 4 of Regions.',
    );
  });

  test('or for nothing: its run does not go on', () => {
    expect(why({ run: { status: 'interrupted', stopping: undefined } })).toBe(
      'The run was interrupted: no process works on it.',
    );
    expect(why({ run: { status: 'running', stopping: 'paused' } })).toBe(
      'The run is being paused: no more batches begin.',
    );
    expect(why({ node: { ...node, isHalted: true } })).toBe(
      'It does not begin: more batches failed than are tolerated.',
    );
  });

  test('needs no reason when it runs or has ended', () => {
    for (const status of ['running', 'succeeded', 'failed'] as const) expect(why({ row: { status } })).toBeUndefined();
  });

  test('runs, and a step of it waits for its delay', () => {
    const delay = { path: 'ask', kind: 'delay', attempt: 1, until: NOW + 4_000 } as const;
    expect(why({ row: { status: 'running', wait: delay } })).toBe('In 4 s: ASK, after its delay.');
  });
});

test('what is left is told by reason', () => {
  const told = (of: NodeAtWork, at: RunAtWork = run) =>
    whatIsLeft(of, at, NOW).map(({ count, text }) => `${count} ${text}`);
  expect(told(node)).toEqual([
    '5 running',
    '3 wait for their next attempt, the first in 3 s',
    '52 wait for a free place: all 8 are in use, 3 of them by batches that wait for their next attempt',
  ]);
  expect(told({ ...node, running: 1, retrying: 0, heldUntil: NOW + 5_000 })).toEqual([
    '1 running',
    '52 wait for the rate limit, the next for 5 s',
  ]);
  expect(told({ ...node, running: 0, retrying: 0 }, { status: 'paused', stopping: undefined })).toEqual([
    '52 wait: the run is paused',
  ]);
  expect(told({ ...node, running: 0, retrying: 0, waiting: 0 })).toEqual([]);
});

test('a node that stops on failures is halted when more failed than it tolerates', () => {
  const batches = { total: 10, succeeded: 2, failed: 2, setAside: 0, running: 0, waiting: 6, cancelled: 0 };
  const tolerate = { kind: 'count', count: 2 };
  expect(isHalted({ onBatchError: 'stop', tolerate }, batches)).toBe(false);
  expect(isHalted({ onBatchError: 'stop', tolerate }, { ...batches, failed: 3 })).toBe(true);
  expect(isHalted({ onBatchError: 'continue', tolerate }, { ...batches, failed: 3 })).toBe(false);
});
