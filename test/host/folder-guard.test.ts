import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderGuard } from '../../host/trust/folder-guard.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { temporaryFolder } from '../support/runs.ts';

async function guarded() {
  const root = realpathSync(temporaryFolder());
  const folder = path.join(root, 'shop');
  mkdirSync(folder);
  return { root, folder, guard: await FolderGuard.of(folder, new FolderTrust(path.join(root, 'data'))) };
}

function questionOf(guard: FolderGuard): string {
  const shown = guard.shown();
  if (shown.state !== 'untrusted') throw new Error('it is trusted');
  return shown.question;
}

test('nothing is executed before the question is answered, and everything after', async () => {
  const { folder, guard } = await guarded();
  expect(guard.refusal()).toEqual({
    name: 'NotTrustedError',
    message: `The folder ${folder} is not trusted, so nothing in it is executed. Press "Trust folder…" at the top of the window, then try again.`,
  });
  expect(() => guard.startRunner({ kind: 'inspect', file: 'x.ts' }, {} as never)).toThrow('is not trusted');
  await guard.accept(questionOf(guard));
  expect(guard.refusal()).toBeUndefined();
  expect(guard.shown()).toEqual({ state: 'trusted' });
});

test('the answer to the question of another folder does not count', async () => {
  const { guard } = await guarded();
  const { guard: other } = await guarded();
  await expect(guard.accept(questionOf(other))).rejects.toThrow('Another folder has been opened');
  expect(guard.isTrusted).toBe(false);
});

test('a trusted folder that was replaced by a link to another is not executed', async () => {
  const { root, folder, guard } = await guarded();
  await guard.accept(questionOf(guard));
  const elsewhere = path.join(root, 'elsewhere');
  renameSync(folder, elsewhere);
  symlinkSync(elsewhere, folder);
  expect(guard.refusal()?.message).toBe(
    `${folder} leads to another folder now, ${elsewhere}, so nothing in it is executed. Open that folder instead.`,
  );
  rmSync(folder);
  expect(guard.refusal()?.message).toContain('cannot be found any more');
});
