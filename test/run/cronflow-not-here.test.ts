import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';

test('a function of Cronflow that this engine does not have says so, with its place', () => {
  const { inspect } = cronflow as unknown as { inspect: (run: string) => unknown };
  expect(() => inspect('1')).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(
        'cronflow.inspect() is part of Cronflow that this engine does not have',
      ) as unknown,
      at: expect.objectContaining({ file: import.meta.filename }) as unknown,
    }),
  );
});
