import { expect, test } from 'vitest';
import type { Debugging } from '../../host/api/api.ts';
import { debuggingText, isDebugging } from '../../renderer/model/debug-text.ts';

const BATCH: Debugging = { run: 1, scope: 4, path: 'clean', batch: 2, state: 'starting' };
const text = (news: Partial<Debugging>) => debuggingText({ ...BATCH, ...news });
const error = { name: 'Error', message: 'no title\u202e', fingerprint: 'x' };

test('the bar says where a debugger stops, and what became of the batch', () => {
  expect(text({ state: 'waiting', step: 'clean/trim~1it' })).toBe(
    'Waiting for a debugger. It stops where “trim/it” begins.',
  );
  expect(text({ state: 'attached' })).toBe('A debugger is attached. It stops where the body of the batch begins.');
  expect(text({ state: 'ended', outcome: 'passes' })).toContain('It passes with the code as it is now.');
  expect(text({ state: 'ended', outcome: 'fails', error })).toBe('It fails: no title');
  expect(text({ state: 'ended', outcome: 'fails', error: { ...error, explain: 'Give it one.' } })).toBe(
    'It fails: Give it one.',
  );
  expect(text({ state: 'ended', outcome: 'refused', problem: { name: 'X', message: 'gone' } })).toBe('gone');
});

test('only one that has not ended stands in the way of another', () => {
  expect([undefined, BATCH, { ...BATCH, state: 'ended' as const }].map(isDebugging)).toEqual([false, true, false]);
});
