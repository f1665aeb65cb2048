import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { readTrustedFolders, trustFileIn, writeTrustedFolders } from '../../host/trust/trusted-folders.ts';

const hasPosixModes = process.platform !== 'win32';

let root = '';
let dataFolder = '';
const inRoot = (...names: string[]) => path.join(root, ...names);

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'trust-')));
  dataFolder = inRoot('data');
});
afterEach(async () => rm(root, { recursive: true, force: true }));

async function made(...names: string[]): Promise<string> {
  const folder = inRoot(...names);
  await mkdir(folder, { recursive: true });
  return folder;
}

describe('a trusted folder', () => {
  test('is trusted with all that lies in it, by this launch and by later ones', async () => {
    const shop = await made('shop');
    const inside = await made('shop', 'billing');
    const before = new FolderTrust(dataFolder);
    expect(await before.isTrusted(shop)).toBe(false);
    await before.trust(shop);
    const later = new FolderTrust(dataFolder);
    for (const trust of [before, later]) {
      expect(await trust.isTrusted(shop)).toBe(true);
      expect(await trust.isTrusted(inside)).toBe(true);
    }
  });

  test('says nothing of the folder around it, nor of one whose name only begins in the same way', async () => {
    const trust = new FolderTrust(dataFolder);
    await trust.trust(await made('shop'));
    expect(await trust.isTrusted(root)).toBe(false);
    expect(await trust.isTrusted(await made('shop-of-a-stranger'))).toBe(false);
    expect(await trust.isTrusted(await made('..shop'))).toBe(false);
  });

  test('is forgotten when that is asked, or stays trusted for the folder around it, which is named', async () => {
    const shop = await made('shop');
    const billing = await made('shop', 'billing');
    const trust = new FolderTrust(dataFolder);
    await trust.trust(shop);
    await trust.trust(billing);
    expect(await trust.forget(billing)).toBe(shop);
    expect(await trust.forget(shop)).toBeUndefined();
    expect(await trust.isTrusted(billing)).toBe(false);
    expect(await readTrustedFolders(dataFolder)).toEqual([]);
  });

  test('is trusted for one launch where there is nowhere to store it', async () => {
    const shop = await made('shop');
    const trust = new FolderTrust(undefined);
    await trust.trust(shop);
    expect(await trust.isTrusted(shop)).toBe(true);
    expect(await new FolderTrust(undefined).isTrusted(shop)).toBe(false);
  });

  test('is not lost when many are trusted at the same time', async () => {
    const trust = new FolderTrust(dataFolder);
    const folders = await Promise.all(Array.from({ length: 20 }, (_, index) => made(`shop-${index}`)));
    await Promise.all(folders.map(async folder => trust.trust(folder)));
    const stored = (await readTrustedFolders(dataFolder)).map(({ folder }) => folder);
    expect(stored.toSorted()).toEqual(folders.toSorted());
  });

  test.runIf(hasPosixModes)('is not trusted any more when it belongs to somebody else', async () => {
    const shop = await made('shop');
    await writeTrustedFolders(dataFolder, [{ folder: shop, owner: (await stat(shop)).uid + 1 }]);
    expect(await new FolderTrust(dataFolder).isTrusted(shop)).toBe(false);
  });
});

describe('the stored list', () => {
  test('counts as empty when it is missing, damaged, or of another form', async () => {
    expect(await readTrustedFolders(dataFolder)).toEqual([]);
    await writeTrustedFolders(dataFolder, [{ folder: '/shop' }]);
    const file = trustFileIn(dataFolder);
    const text = await readFile(file, 'utf8');
    for (const damaged of ['', text.slice(0, -5), '[]', '{"folders":[{"folder":7}]}']) {
      await writeFile(file, damaged);
      expect(await readTrustedFolders(dataFolder), damaged).toEqual([]);
    }
  });

  test.runIf(hasPosixModes)('is private to its user, and counts as empty when others can write it', async () => {
    await writeTrustedFolders(dataFolder, [{ folder: '/shop' }]);
    const file = trustFileIn(dataFolder);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    for (const [of, open, closed] of [
      [file, 0o620, 0o600],
      [path.dirname(file), 0o702, 0o700],
    ] as const) {
      await chmod(of, open);
      expect(await readTrustedFolders(dataFolder), of).toEqual([]);
      await chmod(of, closed);
      expect(await readTrustedFolders(dataFolder), of).toEqual([{ folder: '/shop' }]);
    }
  });

  test.runIf(hasPosixModes)('is neither read nor written through a link', async () => {
    await writeTrustedFolders(inRoot('elsewhere'), [{ folder: '/shop' }]);
    const target = trustFileIn(inRoot('elsewhere'));
    const before = await readFile(target, 'utf8');
    await made('data', path.basename(path.dirname(trustFileIn(dataFolder))));
    await chmod(path.dirname(trustFileIn(dataFolder)), 0o700);
    await symlink(target, trustFileIn(dataFolder));
    expect(await readTrustedFolders(dataFolder)).toEqual([]);
    await writeTrustedFolders(dataFolder, [{ folder: '/other' }]);
    expect(await readFile(target, 'utf8')).toBe(before);
    expect(await readTrustedFolders(dataFolder)).toEqual([{ folder: '/other' }]);

    await made('linked');
    await symlink(path.dirname(target), path.dirname(trustFileIn(inRoot('linked'))));
    await expect(writeTrustedFolders(inRoot('linked'), [])).rejects.toThrow('is a link');
    expect(await readFile(target, 'utf8')).toBe(before);
  });
});
