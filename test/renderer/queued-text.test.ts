import { expect, test } from 'vitest';
import { askedText, queuedAgo, queuedSummary, queuedText } from '../../renderer/model/queued-text.ts';

const titleOf = () => 'Send letters';
const rerun = { id: 1, queuedAt: 10_000 };
const refused = { message: 'Nothing has failed.', isQuestion: false };

test('a queued re-run says what it runs again and how, and names its node once', () => {
  expect(queuedText({ ...rerun, what: 'the 2 failed batches', node: 'send' }, titleOf)).toBe(
    '2 failed batches of Send letters',
  );
  expect(queuedText({ ...rerun, what: 'the 2 failed batches of Send letters', node: 'send' }, titleOf)).toBe(
    '2 failed batches of Send letters',
  );
  expect(queuedText({ ...rerun, what: 'batch 3', node: 'send', fromStart: true, hasOtherItems: true }, titleOf)).toBe(
    'Batch 3 of Send letters, from the first step, with edited items',
  );
  expect(queuedText({ ...rerun, what: 'one of 12 batches', tryOne: true }, titleOf)).toBe('One of 12 batches');
  expect(queuedText({ ...rerun, what: '12 batches', tryOne: true }, titleOf)).toBe('12 batches, one of them as a test');
  // In the title of a dialog it stands in a sentence.
  expect(askedText({ ...rerun, what: 'batch 3', node: 'send', fromStart: true }, titleOf)).toBe(
    'batch 3 of Send letters',
  );
});

test('what was asked for by somebody else stays in its place', () => {
  expect(askedText({ ...rerun, what: '\u202eevil\n' }, titleOf)).not.toContain('\u202e');
});

test('its age is told in seconds first, and never in the future', () => {
  expect([9_000, 22_900, 130_000].map(now => queuedAgo(rerun, now))).toEqual([
    'queued 0 s ago',
    'queued 12 s ago',
    'queued 2 min ago',
  ]);
});

test('a list of runs tells first what waits for somebody', () => {
  expect(queuedSummary([])).toBeUndefined();
  expect(queuedSummary([rerun, { ...rerun, id: 2 }])).toBe('2 re-runs queued');
  expect(queuedSummary([rerun, { ...rerun, id: 2, refused }])).toBe('1 re-run did not start');
});
