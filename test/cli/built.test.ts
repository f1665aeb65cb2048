import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isBuiltFromSources } from '../../bin/built.mjs';

/* A checkout runs from its build as long as that is of the sources as they are now: never from an outdated one. */

const NAMES = ['cli/main.ts', 'engine/index.ts'];
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cronflow-built-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['cli', 'engine', 'dist']) mkdirSync(path.join(root, folder));
  for (const name of NAMES) writeFileSync(path.join(root, name), 'export {};\n');
});

function build(): void {
  const sources = NAMES.map(name => {
    const { size, mtimeMs } = statSync(path.join(root, name));
    return [name, [size, mtimeMs]];
  });
  writeFileSync(path.join(root, 'dist', 'sources.json'), JSON.stringify(Object.fromEntries(sources)));
}

test('a checkout that was never built runs from its sources', () => {
  expect(isBuiltFromSources(root)).toBe(false);
});

describe('once built, it runs from its build', () => {
  beforeEach(build);

  test('as long as its sources are as they were', () => {
    expect(isBuiltFromSources(root)).toBe(true);
  });

  test.each([
    ['longer', (file: string) => appendFileSync(file, '// more\n')],
    [
      'other text of the same length, from another moment',
      (file: string) => {
        writeFileSync(file, 'export  {}\n');
        utimesSync(file, new Date(0), new Date(1_000));
      },
    ],
    ['gone', (file: string) => rmSync(file)],
  ])('and not once one of them is %s', (_, change) => {
    change(path.join(root, 'engine/index.ts'));
    expect(isBuiltFromSources(root)).toBe(false);
  });
});

test('a damaged note of the sources counts as not built', () => {
  writeFileSync(path.join(root, 'dist', 'sources.json'), '{"cli/main.ts":');
  expect(isBuiltFromSources(root)).toBe(false);
});
