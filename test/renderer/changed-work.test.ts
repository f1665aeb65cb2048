import { expect, test } from 'vitest';
import type { ChangedWork } from '../../host/api/api.ts';
import {
  answered,
  areAllAnswered,
  asked,
  changeText,
  freeCandidates,
  lossText,
  NO_QUESTIONS,
  nodeAnswers,
} from '../../renderer/model/changed-work.ts';

const work = (path: string, more: Partial<ChangedWork> = {}): ChangedWork => ({
  path,
  kind: 'batch',
  now: 'gone',
  batches: { all: 6, succeeded: 5 },
  results: 0,
  candidates: ['deliver', 'post'],
  ...more,
});

test('answers stay while a plan that is made with them asks for others', () => {
  const first = asked(NO_QUESTIONS, [work('send'), work('print')]);
  expect(areAllAnswered(first)).toBe(false);
  const one = answered(first, work('send'), { kind: 'renamed', to: 'deliver' });
  // The node that was renamed has one inside that is gone.
  const more = asked(one, [work('print'), work('deliver/stamp')]);
  expect(more.works.map(({ path }) => path)).toEqual(['send', 'print', 'deliver/stamp']);
  expect(nodeAnswers(more)).toEqual({ renamed: [{ from: 'send', to: 'deliver' }] });
  const all = answered(answered(more, work('print'), { kind: 'discard' }), work('deliver/stamp'), { kind: 'discard' });
  expect(areAllAnswered(all)).toBe(true);
  expect(nodeAnswers(all)).toEqual({
    renamed: [{ from: 'send', to: 'deliver' }],
    discard: ['print', 'deliver/stamp'],
  });
});

test('what is refused with its answer is asked again, and what nobody asks any more is gone', () => {
  const given = answered(asked(NO_QUESTIONS, [work('send'), work('print')]), work('send'), {
    kind: 'renamed',
    to: 'post',
  });
  const again = asked(given, [work('send')]);
  expect(again.works.map(({ path }) => path)).toEqual(['send']);
  expect(nodeAnswers(again)).toEqual({});
});

test('each way of an if that is gone is answered for itself: by its name, or by asking the if again', () => {
  const lost = (way: string) => work('is big', { kind: 'if', now: 'lost way', way, results: 1 });
  const both = asked(NO_QUESTIONS, [lost('small'), lost('big')]);
  const one = answered(both, lost('small'), { kind: 'renamed', to: 'tiny' });
  expect(areAllAnswered(one)).toBe(false);
  expect(nodeAnswers(answered(one, lost('big'), { kind: 'discard' }))).toEqual({
    renamed: [{ from: 'small', to: 'tiny' }],
    discard: ['is big'],
  });
  expect(changeText(lost('big'), 'Is big?')).toBe(
    '“Is big?” (1 result) took the way “big”, which is not in the file any more.',
  );
  expect(lossText(lost('big'))).toBe('The condition is asked again, and may go another way.');
});

test('two nodes cannot be the same one now', () => {
  const given = answered(asked(NO_QUESTIONS, [work('send'), work('print')]), work('send'), {
    kind: 'renamed',
    to: 'deliver',
  });
  expect(freeCandidates(given, work('print'))).toEqual(['post']);
  expect(freeCandidates(given, work('send'))).toEqual(['deliver', 'post']);
});

test.each([
  [work('send'), 'The batch “Send” (6 batches, 5 succeeded) is not in the file any more.'],
  [
    work('send', { now: 'another kind', kindNow: 'forEach' }),
    '“Send” (6 batches, 5 succeeded) was a batch and is a forEach now.',
  ],
  [
    work('both/1', { now: 'another member', kind: 'step', results: 1 }),
    '“Send” (1 result) is a member of a list that has more or fewer members than before. It may be another one now.',
  ],
])('says what has happened: %#', (changed, text) => {
  expect(changeText(changed, 'Send')).toBe(text);
});

const RECORD = 'Its attempts, outputs and errors stay on record.';
test.each([
  [work('send'), `You lose 5 batches that succeeded. What this work did is done a second time. ${RECORD}`],
  [
    work('send', { candidates: [] }),
    `You lose 5 batches that succeeded. Nothing in the file does this work again. ${RECORD}`,
  ],
  [
    work('mail', { kind: 'step', results: 1, now: 'another kind', kindNow: 'batch', candidates: [] }),
    `You lose 1 result. What this work did is done a second time. ${RECORD}`,
  ],
  [work('send', { batches: { all: 2, succeeded: 0 } }), `Nothing of it has succeeded. ${RECORD}`],
])('says what is lost: %#', (changed, text) => {
  expect(lossText(changed)).toBe(text);
});
