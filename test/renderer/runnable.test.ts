import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Named by a value, not by a type: what it imports is made for a browser, and is checked with the page. */
const { whyNotRunnable } = (await import(
  fileURLToPath(new URL('../../renderer/stores/runnable.ts', import.meta.url))
)) as {
  whyNotRunnable: (state: object, ref: { file: string; workflow: string }) => { message: string } | undefined;
};

const workspace = (files: readonly object[], more: object = {}) => ({
  workspace: { trust: { state: 'trusted' }, files, ...more },
});
const ref = { file: 'a.ts', workflow: 'a' };
const whyNot = (files: readonly object[], more?: object) => whyNotRunnable(workspace(files, more), ref)?.message;

test('a workflow can be run while its file loads and defines it', () => {
  expect(whyNot([{ file: 'a.ts', graphs: [{ id: 'a' }] }])).toBeUndefined();
  expect(whyNot([], { loading: true })).toBeUndefined();
  expect(whyNotRunnable({ workspace: undefined }, ref)).toBeUndefined();
});

test('a workflow whose file does not load, is gone or no longer defines it says so', () => {
  const broken = {
    file: 'a.ts',
    graphs: [{ id: 'a' }],
    problem: { name: 'SyntaxError', message: 'Unexpected token.' },
  };
  expect(whyNot([broken])).toMatch(/^a\.ts does not load: Unexpected token\./);
  expect(whyNot([{ file: 'a.ts', graphs: [{ id: 'b' }] }])).toBe('a.ts no longer defines the workflow a.');
  expect(whyNot([])).toMatch(/^a\.ts is not in this folder/);
});
