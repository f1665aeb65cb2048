import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';

test('a function of Cronflow that this engine does not have says so, with its place', () => {
  const { replay } = cronflow as unknown as { replay: (run: string) => unknown };
  expect(() => replay('1')).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(
        'cronflow.replay() is part of Cronflow that this engine does not have',
      ) as unknown,
      at: expect.objectContaining({ file: import.meta.filename }) as unknown,
    }),
  );
});

test('a member that cronflow does not have is told with the near name and its place', async () => {
  const loose = cronflow as unknown as Record<string, () => unknown>;
  const at = expect.objectContaining({ file: import.meta.filename }) as unknown;
  expect(() => loose.defin?.()).toThrow(
    expect.objectContaining({ message: 'cronflow has no member "defin". Did you mean "define"?', at }),
  );
  expect(() => loose.emit?.()).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(
        'cronflow has no member "emit". It has define, start, stop, trigger, inspect',
      ) as unknown,
      at,
    }),
  );
  expect(await Promise.resolve(cronflow)).toBe(cronflow);
  expect(JSON.stringify(cronflow)).toBe('{}');
});
