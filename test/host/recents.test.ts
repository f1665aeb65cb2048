import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Recents } from '../../host/workspace/recents.ts';
import { temporaryFolder } from '../support/runs.ts';

test('folders opened before are kept for the next start, newest first, each once and by the same token', async () => {
  const data = path.join(temporaryFolder(), 'not', 'there', 'yet');
  const recents = await Recents.read(data);
  for (const folder of ['/a', '/b', '/a']) await recents.note(folder);
  const [first, second, ...rest] = (await Recents.read(data)).list();
  expect([first?.folder, second?.folder, rest]).toEqual(['/a', '/b', []]);
  expect(recents.folderOf(first?.token ?? '')).toBe('/a');
  expect(recents.folderOf('/a')).toBeUndefined();
});

test('twelve are kept', async () => {
  const recents = await Recents.read(undefined);
  for (let n = 0; n < 20; n++) await recents.note(`/folder-${n}`);
  expect(recents.list().map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, n) => `folder-${19 - n}`));
});

test('a broken file is begun anew, and is whole after that', async () => {
  const data = temporaryFolder();
  const file = path.join(data, 'recent-workspaces.json');
  writeFileSync(file, '{"recent": [{"tok');
  const recents = await Recents.read(data);
  expect(recents.list()).toEqual([]);
  await recents.note('/a');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    recent: [{ token: recents.list()[0]?.token, folder: '/a' }],
  });
});
