import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Pages } from '../../host/api/pages.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { SettingsOfFolders } from '../../host/workspace/folder-settings.ts';
import { Recents } from '../../host/workspace/recents.ts';
import { WorkspaceSession } from '../../host/workspace/workspace-session.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Which folder is open, and whether it is trusted: with real folders, in which there is nothing to execute. */

async function opened(...names: readonly string[]) {
  const root = realpathSync(temporaryFolder());
  const at = (name: string) => path.join(root, name);
  for (const name of names) mkdirSync(at(name), { recursive: true });
  const pages = new Pages();
  const told: string[] = [];
  vi.spyOn(pages, 'noteWorkspace').mockImplementation(({ folder, trust }) => {
    told.push(`${path.relative(root, folder)} ${trust.state}`);
  });
  const errors: unknown[] = [];
  const trust = new FolderTrust(at('data'));
  const session = new WorkspaceSession({
    recents: await Recents.read(undefined),
    trust,
    settings: await SettingsOfFolders.read(undefined),
    pages,
    onError: error => errors.push(error),
  });
  await session.begin(at(names[0] ?? ''));
  onTestFinished(async () => {
    await session.close();
    expect(errors).toEqual([]);
  });
  const questionNow = () => {
    const { trust: shown } = session.shown();
    return shown.state === 'untrusted' ? shown.question : '';
  };
  return { session, trust, at, told, questionNow };
}

test('another folder takes the place of the one that is open, which is closed', async () => {
  const { session, at, told } = await opened('one', 'two');
  const first = session.current;
  expect(await session.open(at('two'))).toMatchObject({ ok: true, value: { folder: at('two') } });
  expect(session.shown().recent.map(({ name }) => name)).toEqual(['two', 'one']);
  expect(told.at(-1)).toBe('two untrusted');
  await expect(first.store.do('listRuns', { limit: 1 })).rejects.toThrow('The workspace has been closed.');
});

test('two that are opened at the same time are opened one after the other, and only the last stays open', async () => {
  const { session, at } = await opened('one', 'two', 'three');
  const second = session.open(at('two')).then(() => session.current);
  await session.open(at('three'));
  expect(session.shown().folder).toBe(at('three'));
  await expect((await second).store.do('listRuns', { limit: 1 })).rejects.toThrow('The workspace has been closed.');
});

test('a folder that cannot be opened leaves the present one as it is', async () => {
  const { session, at } = await opened('one', 'two');
  await session.open(at('two'));
  rmSync(at('one'), { recursive: true });
  const [, gone] = session.shown().recent;
  expect(await session.openRecent(gone?.token ?? '')).toMatchObject({
    ok: false,
    problem: { name: 'WorkspaceError', message: expect.stringContaining('The folder could not be opened: ENOENT') },
  });
  expect(await session.openRecent('made up')).toMatchObject({
    ok: false,
    problem: { message: 'That folder is not among those opened before.' },
  });
  expect(session.shown().folder).toBe(at('two'));
});

test('once it is closing, no folder is opened', async () => {
  const { session, at } = await opened('one', 'two');
  await session.close();
  expect(await session.open(at('two'))).toEqual({
    ok: false,
    problem: { name: 'ClosedError', message: 'Cronflow Studio is closing.' },
  });
});

test('what executes code of the folder is done only when the folder is trusted', async () => {
  const { session, questionNow, told } = await opened('one');
  const work = vi.fn<() => Promise<{ ok: true; value: string }>>(async () => ({ ok: true, value: 'done' }));
  expect(await session.whenTrusted(work)).toMatchObject({ ok: false, problem: { name: 'NotTrustedError' } });
  expect(work).not.toHaveBeenCalled();
  expect(await session.trustFolder(questionNow())).toMatchObject({ ok: true, value: { trust: { state: 'trusted' } } });
  expect(told).toEqual(['one trusted']);
  expect(await session.whenTrusted(work)).toEqual({ ok: true, value: 'done' });
  expect(await session.distrustFolder()).toMatchObject({ ok: true });
  expect(await session.whenTrusted(work)).toMatchObject({ ok: false });
});

test('the answer to the question of the folder before does not count for this one', async () => {
  const { session, at, questionNow } = await opened('one', 'two');
  const question = questionNow();
  await session.open(at('two'));
  expect(await session.trustFolder(question)).toMatchObject({ ok: false, problem: { name: 'NotTrustedError' } });
  expect(session.shown().trust.state).toBe('untrusted');
});

test('a folder inside a trusted one stays trusted when trust is taken back, and the answer names that one', async () => {
  const { session, trust, at } = await opened('shop/films', 'two');
  await trust.trust(at('shop'));
  await session.open(at('two'));
  await session.open(at('shop/films'));
  expect(await session.distrustFolder()).toMatchObject({
    ok: false,
    problem: { message: `This folder is trusted because it is part of ${at('shop')}, which is trusted.` },
  });
  expect(session.shown().trust).toEqual({ state: 'trusted' });
});

test('another launch with --trust trusts the folder that is open, which stays open, and is not remembered', async () => {
  const { session, at, told } = await opened('one');
  const before = session.current;
  expect(await session.open(at('one'), { trustForThisLaunch: true })).toMatchObject({
    ok: true,
    value: { trust: { state: 'trusted' } },
  });
  expect(session.current).toBe(before);
  expect(told).toEqual(['one trusted']);
  expect(await new FolderTrust(at('data')).isTrusted(at('one'))).toBe(false);
});
