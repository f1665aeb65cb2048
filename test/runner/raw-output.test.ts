import { expect, test } from 'vitest';
import { RawOutput } from '../../engine/runner/raw-output.ts';

test('what is written in pieces is shown in whole lines, and the rest at the end', () => {
  const output = new RawOutput();
  expect(output.shown('row 1 of ')).toBeUndefined();
  expect(output.shown('the report\nrow 2')).toBe('row 1 of the report');
  expect(output.shown(' too\nrow 3')).toBe('row 2 too');
  expect(output.takeRest()).toBe('row 3');
  expect(output.takeRest()).toBeUndefined();
  expect(output.shown('x'.repeat(70_000)), 'a line without an end').toHaveLength(2_000);
});
