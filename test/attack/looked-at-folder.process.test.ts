import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderWatch } from '../../host/workspace/folder-watch.ts';
import { scanFolder } from '../../engine/load/folder-scan.ts';
import { Studio } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Looking at a folder, by `cronflow list` and by the Studio: what is executed by it, and which links are followed. */

const FLOW = (id: string) =>
  `import { cronflow } from 'cronflow';\ncronflow.define({ id: '${id}' }).step('a', () => 1);\n`;
/** Leaves a file behind when it is executed. */
const LEAVES_A_TRACE = `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('./EXECUTED.txt', import.meta.url), 'dropped all tables');\n`;

/** No file in here may be executed but `films.ts`; each of the others is of a kind of its own, in a folder of its own. */
const FOLDER: Record<string, string> = {
  'films.ts': FLOW('films'),
  'script/script.ts': LEAVES_A_TRACE,
  'script-js/script.mjs': LEAVES_A_TRACE,
  'types/types-only.ts': `import type { Flow } from 'cronflow';\n${LEAVES_A_TRACE}export type Mine = Flow;\n`,
  'inline/inline-types.ts': `import { type Flow } from 'cronflow';\n${LEAVES_A_TRACE}export type Mine = Flow;\n`,
  'comment/comment.ts': `// import { cronflow } from 'cronflow'\n${LEAVES_A_TRACE}`,
  'text/text.ts': `${LEAVES_A_TRACE}export const text = "import { cronflow } from 'cronflow'";\n`,
  'through/helper.ts': `${LEAVES_A_TRACE}import { cronflow } from './engine.ts';\nexport default cronflow;\n`,
  'test/films.test.ts': FLOW('test') + LEAVES_A_TRACE,
  'spec/films.spec.js': FLOW('spec') + LEAVES_A_TRACE,
  'config/vite.config.ts': FLOW('config') + LEAVES_A_TRACE,
  'dist/films.js': FLOW('built') + LEAVES_A_TRACE,
  '.hidden/films.ts': FLOW('hidden') + LEAVES_A_TRACE,
  'node_modules/lib/films.ts': FLOW('lib') + LEAVES_A_TRACE,
  // Node runs this one, although it is no JavaScript of today to a parser: nothing of it may happen before it is known
  // to be a workflow.
  'broken/broken.ts': `${FLOW('broken')}${LEAVES_A_TRACE}const = 1;\n`,
};

function executed(project: Project): string[] {
  return Object.keys(FOLDER)
    .map(file => path.dirname(file))
    .filter(folder => existsSync(project.path(folder, 'EXECUTED.txt')));
}

describe('only a file that imports the value `cronflow` is executed', () => {
  test('by `cronflow list`', async () => {
    const project = new Project(FOLDER);
    const ended = await project.cli(['list', '.', '--json']);
    expect(executed(project)).toEqual([]);
    expect(ended.events.map(({ event, id, file, line }) => [event, id ?? path.basename(file), line])).toEqual([
      ['error', 'broken.ts', 5],
      ['workflow', 'films', undefined],
    ]);
    expect(ended.code).toBe(2);
  });

  test('by opening the folder in the Studio', async () => {
    const project = new Project(FOLDER);
    const studio = await Studio.open(project);
    await studio.until('all has been looked at', async () => (await studio.api.getWorkspace({})).loading === undefined);
    expect(executed(project)).toEqual([]);
    expect((await studio.api.getWorkspace({})).files).toMatchObject([
      { file: 'broken/broken.ts', graphs: [], problem: { name: 'LoadError', line: 5 } },
      { file: 'films.ts', graphs: [{ id: 'films' }] },
    ]);
  });

  test('but a file that is named is loaded, whatever its name', async () => {
    const project = new Project({ 'films.test.ts': FLOW('test'), 'script/script.ts': LEAVES_A_TRACE });
    const [named, script] = await project.many(
      ['list', 'films.test.ts', '--json'],
      ['list', 'script/script.ts', '--json'],
    );
    expect(named?.events).toMatchObject([{ event: 'workflow', id: 'test' }]);
    expect(script).toMatchObject({ code: 2, stderr: expect.stringContaining('defines no workflow') });
  });
});

describe('a link', () => {
  /** Links back to the folder and to a folder beside, one that goes round in a circle, and two that lead out. */
  function linked(): { project: Project; outside: Project } {
    const outside = new Project({ 'other.ts': FLOW('other') + LEAVES_A_TRACE });
    const project = new Project({ 'once.ts': FLOW('once'), 'deep/two.ts': FLOW('two') });
    symlinkSync('..', project.path('deep', 'up'));
    symlinkSync('deep', project.path('beside'));
    symlinkSync('once.ts', project.path('again.ts'));
    symlinkSync('circle', project.path('circle'));
    symlinkSync(outside.folder, project.path('deep', 'away'));
    symlinkSync(outside.path('other.ts'), project.path('away.ts'));
    return { project, outside };
  }

  const NOTICE = 'The links away.ts, deep/away lead out of this folder and are not followed.';

  test('that leads back makes `cronflow list` list nothing twice, and one that leads out is told of', async () => {
    const { project, outside } = linked();
    const [json, text] = await project.many(['list', '.', '--json'], ['list', '.']);
    expect(json?.events.map(({ id, file }) => [id, path.relative(project.folder, file)])).toEqual([
      ['two', 'deep/two.ts'],
      ['once', 'once.ts'],
    ]);
    for (const ended of [json, text]) expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(NOTICE) });
    expect(existsSync(outside.path('EXECUTED.txt'))).toBe(false);
  });

  test('is treated the same way in the Studio', async () => {
    const { project, outside } = linked();
    const studio = await Studio.open(project);
    await studio.until('all has been looked at', async () => (await studio.api.getWorkspace({})).loading === undefined);
    const { files, notices } = await studio.api.getWorkspace({});
    expect(files.map(({ file }) => file)).toEqual(['deep/two.ts', 'once.ts']);
    expect(notices).toEqual([NOTICE]);
    expect(existsSync(outside.path('EXECUTED.txt'))).toBe(false);
  });

  test('may be what the user names', async () => {
    const { project } = linked();
    const ended = await project.cli(['list', 'beside', '--json']);
    expect(ended.events.map(({ id }) => id)).toEqual(['two']);
  });
});

describe('a folder without end', () => {
  /** Folders in folders, as deep as the system allows from here. */
  function deep(root: string): void {
    mkdirSync(path.join(root, ...Array.from({ length: 1_000 }, () => 'd')), { recursive: true });
  }

  function wide(root: string): void {
    for (let n = 0; n < 2_100; n++) mkdirSync(path.join(root, `folder-${n}`));
  }

  const TOLD = [expect.stringContaining('holds more than 2,000 folders; the others are not looked at')];

  test('is looked at as far as is bearable, and that is said', async () => {
    const root = temporaryFolder();
    deep(path.join(root, 'deep'));
    wide(root);
    expect(scanFolder(root).gaps.texts(file => file)).toEqual(TOLD);
    const watch = new FolderWatch(root, () => undefined);
    onTestFinished(() => watch.close());
    await watch.start();
    expect(watch.gaps.texts(file => file)).toEqual(TOLD);
  });
});
