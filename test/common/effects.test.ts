import { expect, test } from 'vitest';
import { effectErrorText } from '../../common/effects.ts';

test('what an effect of which nobody knows has thrown is not told as its answer', () => {
  expect(effectErrorText('unknown', 'aborted')).toBe('It threw when it was cut off: aborted');
  expect(effectErrorText('failed', 'declined')).toBe('declined');
});
