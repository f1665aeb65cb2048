import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LinkError, linkOnTheWay, writeInside, writeNewInside } from '../../engine/inside-folder.ts';
import { TYPES_FILE, writeAuthorTypes } from '../../host/workspace/author-types.ts';
import { writeSetting } from '../../host/data-folder.ts';
import { Recents } from '../../host/workspace/recents.ts';
import { scaffold } from '../../host/workspace/scaffold.ts';
import { problem, Studio } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';

/*
 * A folder that somebody else has made holds links to the user's files. Whatever Cronflow writes there, these stay as they are.
 */

const MINE = 'a file of the user, which Cronflow has nothing to do with';
const FLOW = `import { cronflow } from 'cronflow';\ncronflow.define({ id: 'flow' }).step('a', () => 1);\n`;

/** A folder of the user's, with one file. */
function mine(): { folder: string; file: string; untouched: () => void } {
  const folder = temporaryFolder();
  const file = path.join(folder, 'precious.txt');
  writeFileSync(file, MINE);
  return {
    folder,
    file,
    untouched: () => {
      expect(readdirSync(folder)).toEqual(['precious.txt']);
      expect(readFileSync(file, 'utf8')).toBe(MINE);
    },
  };
}

describe('the types for editors', () => {
  test.each(['the file', 'its folder', '.cronflow'])('are not written where %s is a link', async what => {
    const { folder, file, untouched } = mine();
    const project = new Project({ 'flow.ts': FLOW });
    const [link, target] = {
      'the file': [project.path(TYPES_FILE), file],
      'its folder': [project.path('.cronflow', 'types'), folder],
      '.cronflow': [project.path('.cronflow'), folder],
    }[what] as [string, string];
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(target, link);
    await expect(writeAuthorTypes(project.folder)).rejects.toThrow(
      `${link} is a link to ${target}. Cronflow does not write through links in a folder.`,
    );
    untouched();
  });

  test('are not renewed by opening a folder where they are a link, and that is said', async () => {
    const { file, untouched } = mine();
    const project = new Project({ 'flow.ts': FLOW });
    mkdirSync(project.path('.cronflow', 'types'), { recursive: true });
    symlinkSync(file, project.path(TYPES_FILE));
    const studio = await Studio.open(project);
    const { notices } = await studio.api.getWorkspace({});
    expect(notices).toEqual([
      `The types for your editor are not updated: ${project.path(TYPES_FILE)} is a link to ${file}. Cronflow does not write through links in a folder. Remove the link, then try again.`,
    ]);
    // The rest of the folder works.
    await studio.ended(await studio.start('flow.ts'));
    untouched();
  });

  test('take the place of a hard link and leave the other name of the file alone', async () => {
    const { file, untouched } = mine();
    const project = new Project();
    mkdirSync(project.path('.cronflow', 'types'), { recursive: true });
    linkSync(file, project.path(TYPES_FILE));
    await writeAuthorTypes(project.folder, { onlyRenew: true });
    expect(readFileSync(project.path(TYPES_FILE), 'utf8')).toContain("declare module 'cronflow'");
    expect(readdirSync(project.path('.cronflow', 'types'))).toEqual(['cronflow.d.ts']);
    untouched();
  });
});

describe('a new workspace', () => {
  test.each(['.gitignore', 'tsconfig.json', 'my-first-workflow.ts'])(
    'does not write through a link in the place of %s, even one that leads nowhere',
    async name => {
      const { folder, untouched } = mine();
      const made = temporaryFolder();
      symlinkSync(path.join(folder, 'not-there-yet'), path.join(made, name));
      const { written } = await scaffold(made);
      if (name !== 'tsconfig.json') expect(written).not.toContain(name);
      untouched();
    },
  );

  test('is refused by `cronflow new` where .cronflow is a link', async () => {
    const { folder, untouched } = mine();
    const project = new Project({ 'made/notes.txt': 'x' });
    symlinkSync(folder, project.path('made', '.cronflow'));
    expect(await project.cli(['new', 'made'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`made/.cronflow is a link to ${folder}`),
    });
    untouched();
  });
});

describe('the store of a folder', () => {
  const CASES = ['.cronflow', '.cronflow to nowhere', 'runs.db', 'runs.db to nowhere'] as const;

  function project(what: (typeof CASES)[number]): { project: Project; untouched: () => void; link: string } {
    const { folder, file, untouched } = mine();
    const made = new Project({ 'flow.ts': FLOW });
    const isFolder = what.startsWith('.cronflow');
    const link = isFolder ? made.path('.cronflow') : made.storeFile;
    mkdirSync(path.dirname(link), { recursive: true });
    const target = isFolder ? folder : file;
    symlinkSync(what.endsWith('nowhere') ? path.join(folder, 'not-there-yet') : target, link);
    return { project: made, untouched, link };
  }

  test.each(CASES)('is not opened by the command line through a link: %s', async what => {
    const { project: made, untouched, link } = project(what);
    const [run, runs] = await made.many(['run', 'flow.ts'], ['runs']);
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${link} is a link to `),
    });
    expect(run?.stderr).toContain('name the store with --store');
    expect(runs?.code).toBe(2);
    untouched();
  });

  test.each(CASES)('is not opened by the Studio through a link: %s', async what => {
    const { project: made, untouched, link } = project(what);
    const studio = await Studio.open(made);
    await studio.workflow('flow.ts');
    await expect(studio.api.listRuns({ limit: 10 })).rejects.toThrow(`${link} is a link to `);
    const refused = await studio.api.startRun({ file: 'flow.ts', workflow: 'flow', payload: '' });
    expect(problem(refused)).toMatchObject({
      name: 'StoreError',
      message: expect.stringContaining(`${link} is a link to `),
    });
    untouched();
  });

  test('may lie behind a link that the user names with --store', async () => {
    const made = new Project({ 'flow.ts': FLOW });
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, made.path('stores'));
    symlinkSync(path.join(elsewhere, 'runs.db'), made.path('mine.db'));
    const run = await made.cli(['run', 'flow.ts', '--store', 'stores/runs.db', '--json']);
    expect(run.summary).toMatchObject({ status: 'completed' });
    const runs = await made.cli(['runs', '--store', 'mine.db', '--json']);
    expect(runs.events).toMatchObject([{ event: 'summary', run: '1' }]);
  });

  test.each(['-wal', '-shm', '-journal'])('has no %s file that is a link', async end => {
    const { file, untouched } = mine();
    const made = new Project({ 'flow.ts': FLOW });
    mkdirSync(made.path('.cronflow'));
    symlinkSync(file, `${made.storeFile}${end}`);
    await made.cli(['run', 'flow.ts']);
    untouched();
  });
});

describe("the user's own settings", () => {
  test('replace a link and leave alone what it leads to', async () => {
    const { file, untouched } = mine();
    const dataFolder = temporaryFolder();
    symlinkSync(file, path.join(dataFolder, 'recent-workspaces.json'));
    (await Recents.read(dataFolder)).note('/some/where');
    expect((await Recents.read(dataFolder)).list()).toMatchObject([{ folder: '/some/where' }]);
    symlinkSync(file, path.join(dataFolder, 'window.json'));
    writeSetting(dataFolder, 'window.json', '{}');
    expect(readFileSync(path.join(dataFolder, 'window.json'), 'utf8')).toBe('{}');
    untouched();
  });

  test('are not written through a link beside them', () => {
    const { file, untouched } = mine();
    const dataFolder = temporaryFolder();
    for (const beside of ['window.json.new', `recent-workspaces.json.${process.pid}.tmp`])
      symlinkSync(file, path.join(dataFolder, beside));
    writeSetting(dataFolder, 'window.json', '{}');
    untouched();
  });
});

describe('writing inside a folder', () => {
  test('makes the folders in between, replaces what is there, and leaves nothing else behind', () => {
    const folder = path.join(temporaryFolder(), 'new');
    writeInside(folder, 'a/b/c.txt', 'one', { link: 'refuse' });
    writeInside(folder, 'a/b/c.txt', 'two', { link: 'refuse' });
    expect(writeNewInside(folder, 'a/b/c.txt', 'three')).toBe(false);
    expect(readFileSync(path.join(folder, 'a/b/c.txt'), 'utf8')).toBe('two');
    expect(readdirSync(path.join(folder, 'a/b'))).toEqual(['c.txt']);
  });

  test('stays inside, whatever the name', () => {
    const folder = temporaryFolder();
    for (const name of ['../x.txt', 'a/../../x.txt', path.join(folder, 'x.txt')])
      expect(() => writeInside(folder, name, 'x', { link: 'refuse' }), name).toThrow('no place inside');
    expect(existsSync(path.join(folder, '..', 'x.txt'))).toBe(false);
  });

  test('names the first link on the way, and takes a folder that is a link itself', () => {
    const { folder: outside, untouched } = mine();
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'a'));
    symlinkSync(outside, path.join(folder, 'a', 'link'));
    expect(linkOnTheWay(folder, 'a/link/x.txt')).toBe(path.join(folder, 'a', 'link'));
    for (const link of ['refuse', 'replace'] as const)
      expect(() => writeInside(folder, 'a/link/x.txt', 'x', { link })).toThrow(LinkError);
    expect(() => writeNewInside(folder, 'a/link/x.txt', 'x')).toThrow(LinkError);
    untouched();
    const named = path.join(temporaryFolder(), 'named');
    symlinkSync(folder, named);
    writeInside(named, 'x.txt', 'x', { link: 'refuse' });
    expect(readFileSync(path.join(folder, 'x.txt'), 'utf8')).toBe('x');
    expect(lstatSync(named).isSymbolicLink()).toBe(true);
    expect(readlinkSync(named)).toBe(folder);
  });
});
