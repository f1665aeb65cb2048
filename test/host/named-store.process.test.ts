import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { Pages } from '../../host/api/pages.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { SettingsOfFolders } from '../../host/workspace/folder-settings.ts';
import { Recents } from '../../host/workspace/recents.ts';
import { WorkspaceSession } from '../../host/workspace/workspace-session.ts';
import { temporaryFolder } from '../support/runs.ts';
import { writeBigRun } from './big-run.ts';

test('a folder that is opened with a named store shows the runs of that store, also behind a link; another folder has its own', async () => {
  const root = realpathSync(temporaryFolder());
  const at = (...names: string[]) => path.join(root, ...names);
  for (const name of ['one', 'two', 'elsewhere']) mkdirSync(at(name));
  const db = openStore(at('elsewhere', 'films.db'), { mode: 'create' });
  const { run } = writeBigRun(db, 3);
  symlinkSync(at('elsewhere', 'films.db'), at('linked.db'));
  const errors: unknown[] = [];
  const session = new WorkspaceSession({
    recents: await Recents.read(undefined),
    trust: new FolderTrust(at('data')),
    settings: await SettingsOfFolders.read(undefined),
    pages: new Pages(),
    onError: error => errors.push(error),
  });
  onTestFinished(async () => {
    await session.close();
    db.close();
    expect(errors).toEqual([]);
  });
  const runs = async () => (await session.current.store.do('listRuns', { limit: 5 })).map(item => item.run);
  await session.begin(at('one'), { store: at('linked.db') });
  expect(await runs()).toEqual([run]);
  await session.open(at('two'));
  expect(await runs()).toEqual([]);
});
