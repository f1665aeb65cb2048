import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hasCodeChanged } from '../../engine/load/code-changes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-code-changes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CODE = 'export const rate = 0.19;\n';
const hash = createHash('sha256').update(CODE).digest('hex');

function file(name: string, text: string): { path: string; hash: string } {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return { path: place, hash };
}

test.each([
  ['the same text', CODE, false],
  ['the same text with a byte order mark, as the loader reads it', `\ufeff${CODE}`, false],
  ['another text', `${CODE}// fixed\n`, true],
  ['no text at all', '', true],
])('a file with %s', async (_name, text, changed) => {
  expect(await hasCodeChanged([file('a.ts', text)])).toBe(changed);
});

test('a file that is gone has changed, and so has one that is a folder by now', async () => {
  expect(await hasCodeChanged([{ path: path.join(folder, 'gone.ts'), hash }])).toBe(true);
  expect(await hasCodeChanged([{ path: folder, hash }])).toBe(true);
});

test('of several files one is enough; of none nothing has changed', async () => {
  const same = file('same.ts', CODE);
  expect(await hasCodeChanged([same, file('other.ts', 'other')])).toBe(true);
  expect(await hasCodeChanged([same, same])).toBe(false);
  expect(await hasCodeChanged([])).toBe(false);
});
