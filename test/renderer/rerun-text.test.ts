import { expect, test } from 'vitest';
import { rerunText } from '../../renderer/model/rerun-text.ts';

test('the button of a cancelled run counts the cancelled batches, which its re-run takes too', () => {
  expect(rerunText('cancelled', 2, 84)).toEqual({
    button: 'Re-run failed and cancelled (86)',
    what: 'the 86 failed and cancelled batches',
  });
});

test('of what only failed, the failed batches or the step', () => {
  expect(rerunText('failed', 1, 0)).toEqual({ button: 'Re-run failed (1)', what: 'the 1 failed batch' });
  expect(rerunText('failed', 0, 0)).toEqual({ button: 'Re-run the failed step', what: 'the failed step' });
});
