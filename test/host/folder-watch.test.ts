import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderWatch } from '../../host/workspace/folder-watch.ts';
import { temporaryFolder } from '../support/runs.ts';

async function watched(files: readonly string[]) {
  const folder = temporaryFolder();
  const write = (name: string, text = '') => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  for (const name of files) write(name);
  const told: string[][] = [];
  const watch = new FolderWatch(folder, changed =>
    told.push([...changed].map(file => path.relative(folder, file)).toSorted()),
  );
  onTestFinished(() => watch.close());
  await watch.start();
  const files_ = () =>
    watch
      .files()
      .map(file => path.relative(folder, file))
      .toSorted();
  return { folder, write, told, watch, files: files_ };
}

test('knows the source files of a folder, and not what is no source', async () => {
  const { files } = await watched([
    'a.ts',
    'b/c.mts',
    'a.test.ts',
    'a.d.ts',
    'x.json',
    'node_modules/p/i.js',
    '.git/h.js',
    '.h.ts',
  ]);
  expect(files()).toEqual(['a.ts', path.join('b', 'c.mts')]);
});

test('tells what was changed, made and removed, and nothing that is as it was', async () => {
  const { folder, write, told, watch, files } = await watched(['a.ts', 'b.ts', 'in/c.ts', 'in/deep/d.ts']);
  await watch.lookNow();
  expect(told).toEqual([]);
  write('a.ts', 'changed');
  write('new/e.ts');
  renameSync(path.join(folder, 'b.ts'), path.join(folder, 'f.ts'));
  await watch.lookNow();
  expect(told.flat().toSorted()).toEqual(['a.ts', 'b.ts', 'f.ts', path.join('new', 'e.ts')]);
  told.length = 0;
  rmSync(path.join(folder, 'in'), { recursive: true });
  await watch.lookNow();
  expect(told.flat().toSorted()).toEqual([path.join('in', 'c.ts'), path.join('in', 'deep', 'd.ts')]);
  expect(files()).toEqual(['a.ts', 'f.ts', path.join('new', 'e.ts')]);
});

test('the system says when to look: a change is told without being asked for', async () => {
  const { write, told } = await watched(['a.ts']);
  write('a.ts', 'changed');
  await expect.poll(() => told, { timeout: 4_000 }).toEqual([['a.ts']]);
});

test('files outside the folder are watched by name, and are not among its files', async () => {
  const { told, watch, files } = await watched(['a.ts']);
  const outside = path.join(temporaryFolder(), 'lib.ts');
  writeFileSync(outside, '');
  watch.watchOutside([outside]);
  await watch.lookNow();
  writeFileSync(outside, 'changed');
  writeFileSync(path.join(path.dirname(outside), 'other.ts'), '');
  await watch.lookNow();
  expect(told.flat().map(file => path.basename(file))).toEqual(['lib.ts']);
  expect(files()).toEqual(['a.ts']);
});
