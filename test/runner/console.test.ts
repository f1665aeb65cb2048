import { expect, onTestFinished, test } from 'vitest';
import { captureConsole } from '../../engine/runner/console.ts';

test('tables, groups and objects are said as Node prints them, a line of the log each', () => {
  const before = { ...console };
  onTestFinished(() => {
    Object.assign(console, before);
  });
  const said: string[] = [];
  captureConsole(
    ({ text }) => said.push(text),
    () => 0,
  );
  console.table([{ a: 1 }]);
  console.dir({ a: { b: { c: {} } } }, { depth: 0 });
  console.group('outer');
  console.log('one\ntwo');
  console.groupEnd();
  console.log('after');
  console.count('film');
  expect(said[0]).toContain('│ (index) │ a │');
  expect(said.slice(1)).toEqual(['{ a: [Object] }', 'outer', '  one\n  two', 'after', 'film: 1']);
});
