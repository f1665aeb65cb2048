import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WorkflowLoader } from '../../host/workspace/workflow-loader.ts';
import { Recents } from '../../host/workspace/recents.ts';
import { scaffold, slugOf } from '../../host/workspace/scaffold.ts';
import { dataFolder } from '../../host/data-folder.ts';
import { FolderGuard } from '../../host/trust/folder-guard.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';
import { problem, Studio, value } from './studio.ts';

const FLOW = (id: string, step = 'one') =>
  `import { cronflow } from 'cronflow';\ncronflow.define({ id: '${id}' }).step('${step}', () => 1);\n`;

async function filesOf(studio: Studio): Promise<Record<string, unknown>> {
  const { files } = await studio.api.getWorkspace({});
  return Object.fromEntries(
    files.map(({ file, graphs, problem }) => [
      file,
      problem
        ? `${graphs.map(({ id }) => id).join()}!`
        : graphs.flatMap(({ nodes }) => nodes.map(({ id }) => id)).join(),
    ]),
  );
}

/**
 * Resolves when the workspace shows these files, each with the names of its steps, and `!` after the ids where there is
 * a problem.
 */
async function shows(studio: Studio, files: Record<string, string>): Promise<void> {
  let found: unknown;
  await studio
    .until(JSON.stringify(files), async () => {
      found = await filesOf(studio);
      return JSON.stringify(found) === JSON.stringify(files);
    })
    .catch((error: unknown) => {
      throw new Error(`${String(error)}; it shows ${JSON.stringify(found)}`);
    });
}

describe('a workspace', () => {
  test('has the workflows of its files, and runs no file that is not one', async () => {
    const project = new Project({
      'films.ts': FLOW('films'),
      'sub/orders.js': FLOW('orders'),
      'helper.ts': 'export const x = 1;',
      'script.ts': `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('./ran.txt', import.meta.url), '');`,
      'films.test.ts': FLOW('test'),
      'node_modules/lib/index.ts': FLOW('lib'),
      '.hidden/x.ts': FLOW('hidden'),
      'dist/films.js': FLOW('built'),
      'types.d.ts': `declare module 'cronflow';`,
      'none.ts': `import { cronflow } from 'cronflow';\nexport const later = () => cronflow;`,
    });
    const studio = await Studio.open(project);
    await shows(studio, { 'films.ts': 'one', 'sub/orders.js': 'one' });
    await studio.until(
      'it is said that it is complete',
      async () => (await studio.api.getWorkspace({})).loading === undefined,
    );
    expect(existsSync(project.path('ran.txt'))).toBe(false);
    expect(await studio.api.getWorkspace({})).toMatchObject({
      folder: project.folder,
      name: path.basename(project.folder),
      recent: [{ folder: project.folder }],
    });
    await studio.until('it is told', () => studio.events('onWorkspace').at(-1)?.files.length === 2);
  });

  test('follows its files: changed, broken, fixed, new, moved, gone', async () => {
    const project = new Project({ 'films.ts': FLOW('films') });
    const studio = await Studio.open(project);
    await shows(studio, { 'films.ts': 'one' });
    project.write('films.ts', FLOW('films', 'two'));
    await shows(studio, { 'films.ts': 'two' });
    project.write('films.ts', `${FLOW('films')}\nconst = 1;`);
    await shows(studio, { 'films.ts': 'films!' });
    const [broken] = (await studio.api.getWorkspace({})).files;
    expect(broken).toMatchObject({
      graphs: [{ nodes: [{ id: 'two' }] }],
      problem: { name: 'LoadError', line: 4, codeFrame: expect.stringContaining('const = 1') },
    });
    project.write('films.ts', FLOW('films', 'three'));
    await shows(studio, { 'films.ts': 'three' });
    project.write('new/deep/orders.ts', FLOW('orders'));
    await shows(studio, { 'films.ts': 'three', 'new/deep/orders.ts': 'one' });
    // As editors save: beside it, and then in its place.
    project.write('films.ts.tmp', FLOW('films', 'four'));
    renameSync(project.path('films.ts.tmp'), project.path('films.ts'));
    await shows(studio, { 'films.ts': 'four', 'new/deep/orders.ts': 'one' });
    renameSync(project.path('new'), project.path('other'));
    await shows(studio, { 'films.ts': 'four', 'other/deep/orders.ts': 'one' });
    rmSync(project.path('other'), { recursive: true });
    project.write('films.ts', '// no more');
    await shows(studio, {});
  });

  test('follows what its workflows import, wherever it lies', async () => {
    const outside = temporaryFolder();
    writeFileSync(path.join(outside, 'names.ts'), `export const name = 'a';`);
    const project = new Project({
      'lib/names.ts': `export const name = 'b';`,
      'films.ts': `import { cronflow } from 'cronflow';\nimport { name as a } from ${JSON.stringify(path.join(outside, 'names.ts'))};\nimport { name as b } from './lib/names.ts';\ncronflow.define({ id: 'films' }).step(a + b, () => 1);`,
    });
    const studio = await Studio.open(project);
    await shows(studio, { 'films.ts': 'ab' });
    project.write('lib/names.ts', `export const name = 'c';`);
    await shows(studio, { 'films.ts': 'ac' });
    writeFileSync(path.join(outside, 'names.ts'), `export const name = 'd';`);
    await shows(studio, { 'films.ts': 'dc' });
    // What is missing may come to be anywhere.
    rmSync(project.path('lib/names.ts'));
    await shows(studio, { 'films.ts': 'films!' });
    project.write('lib/names.ts', `export const name = 'e';`);
    await shows(studio, { 'films.ts': 'de' });
    expect(studio.events('onWorkspace').at(-1)?.files).toHaveLength(1);
  });

  test('makes the plan of a re-run with the code that is still being loaded', async () => {
    const flow = (loop: string) =>
      Project.workflow(`cronflow.define({ id: 'one' }).forEach('${loop}', [0, 1], (item: number, inner: any) => {
        inner.step('do', () => { if (item === 1) throw new Error('no'); });
      });`);
    const project = new Project({ 'flow.ts': flow('send') });
    await project.cli(['run', 'flow.ts']);
    project.write('flow.ts', flow('deliver'));
    const { api } = await Studio.open(project);
    expect(problem(await api.planRerun({ run: 1, request: { select: 'failed' } }))).toMatchObject({
      name: 'ChangedNodesError',
    });
  });

  test('is not held up by a file that never loads', async () => {
    const project = new Project({
      'spins.ts': `import 'cronflow';\nfor (;;);`,
      'exits.ts': `import 'cronflow';\nprocess.reallyExit(3);`,
    });
    const trust = new FolderTrust(undefined);
    trust.trustForThisLaunch(project.folder);
    const guard = await FolderGuard.of(project.folder, trust);
    const [hasty, patient] = [new WorkflowLoader(guard, 1_000), new WorkflowLoader(guard)];
    onTestFinished(() => {
      hasty.close();
      patient.close();
    });
    const [spins, exits] = await Promise.all([
      hasty.inspect(project.path('spins.ts')),
      patient.inspect(project.path('exits.ts')),
    ]);
    expect(spins).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('was not loaded within 1 s: something in it') },
    });
    expect(exits).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('its process ended with code 3') },
    });
  });

  test('shows what its workflows are made of, and nothing else', async () => {
    const project = new Project({
      'films.ts': `import './helper.ts';\n${FLOW('films')}`,
      'helper.ts': '// help',
      '.env': 'SECRET=1',
      'notes.txt': 'private',
    });
    const studio = await Studio.open(project);
    await shows(studio, { 'films.ts': 'one' });
    expect(await studio.api.getFile({ file: 'helper.ts' })).toEqual({ file: 'helper.ts', text: '// help' });
    for (const file of ['.env', 'notes.txt', '../x.ts', '/etc/passwd', 'films.ts/../.env', '', '\0']) {
      expect(await studio.api.getFile({ file }), file).toBeNull();
    }
  });
});

describe('a new workflow', () => {
  test("runs as it is, is known to editors, and takes no other's place", async () => {
    const project = new Project({ 'tidy-up.ts': '// mine' });
    rmSync(project.path('supplied.ts'));
    const studio = await Studio.open(project);
    expect(value(await studio.api.newWorkflow({ name: 'Tidy up!' }))).toEqual({
      file: 'tidy-up-2.ts',
      workflow: 'tidy-up-2',
    });
    expect(readFileSync(project.path('tidy-up.ts'), 'utf8')).toBe('// mine');
    expect((await studio.api.getWorkspace({})).files).toMatchObject([
      { file: 'tidy-up-2.ts', graphs: [{ name: 'Tidy up!' }] },
    ]);
    expect(value(await studio.api.newWorkflow({ name: `It's "new" \\ \${x} */ \u2028` }))).toEqual({
      file: 'it-s-new-x.ts',
      workflow: 'it-s-new-x',
    });
    const run = await studio.start('it-s-new-x.ts');
    expect(await studio.ended(run)).toMatchObject({
      status: 'failed',
      batches: { total: 10, succeeded: 9, failed: 1 },
    });
    typecheck(project.folder);
    project.write(
      'tidy-up-2.ts',
      readFileSync(project.path('tidy-up-2.ts'), 'utf8').replace('ctx.steps.read', 'ctx.steps.raed'),
    );
    expect(() => typecheck(project.folder)).toThrow(/raed/);
  });

  test('brings its own line for the editor where a tsconfig.json is there already', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      `{ "compilerOptions": { "strict": true, "noEmit": true, "module": "esnext", "moduleResolution": "bundler", "lib": ["esnext", "dom"], "target": "es2024", "types": [] } }`,
    );
    mkdirSync(path.join(folder, 'flows'));
    const made = await scaffold(path.join(folder, 'flows'));
    expect(made).toMatchObject({
      file: 'my-first-workflow.ts',
      workflow: 'my-first-workflow',
      written: ['.gitignore', '.cronflow/types/cronflow.d.ts', 'my-first-workflow.ts'],
    });
    typecheck(folder);
    expect((await scaffold(path.join(folder, 'flows'))).written).toContain('my-first-workflow-2.ts');
  });

  test('has a name that every system can have for a file', () => {
    expect(
      ['Clean up the films!', 'Überprüfung', '  ', '../../etc', 'CON', '日本', 'a'.repeat(100)].map(slugOf),
    ).toEqual(['clean-up-the-films', 'uberprufung', 'workflow', 'etc', 'workflow-con', 'workflow', 'a'.repeat(60)]);
  });

  function typecheck(folder: string): void {
    const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
    try {
      execFileSync(tsc, ['-p', folder], { stdio: 'pipe' });
    } catch (error) {
      throw new Error(String((error as { stdout: Buffer }).stdout), { cause: error });
    }
  }
});

describe('the workspaces opened before', () => {
  test('are opened by token, newest first, over restarts', async () => {
    const dataFolder = path.join(temporaryFolder(), 'not', 'there', 'yet');
    const [one, two] = [new Project({ 'one.ts': FLOW('one') }), new Project({ 'two.ts': FLOW('two') })];
    await new FolderTrust(dataFolder).trust(one.folder);
    await (await Studio.open(one, { dataFolder })).host.close();
    const studio = await Studio.open(two, { dataFolder });
    const { recent } = await studio.api.getWorkspace({});
    expect(recent.map(({ folder }) => folder)).toEqual([two.folder, one.folder]);
    expect(problem(await studio.api.openRecent({ token: 'made up' })).message).toContain('not among those');
    expect(value(await studio.api.openRecent({ token: recent[1]?.token ?? '' }))).toMatchObject({
      folder: one.folder,
      recent: [{ folder: one.folder }, { folder: two.folder }],
    });
    await shows(studio, { 'one.ts': 'one' });
    await studio.until('it is told', () => studio.events('onWorkspace').at(-1)?.folder === one.folder);
    const run = await studio.start('one.ts');
    expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
    expect(existsSync(one.storeFile)).toBe(true);
    rmSync(two.folder, { recursive: true });
    expect(problem(await studio.api.openRecent({ token: recent[0]?.token ?? '' })).message).toContain(
      'could not be opened',
    );
    await shows(studio, { 'one.ts': 'one' });
  });

  test('stay closed while runs go on in this one', async () => {
    const [one, two] = [
      new Project({
        'slow.ts': Project.workflow(`cronflow.define({ id: 'slow' }).step('wait', () => sleep(60_000));`),
      }),
      new Project(),
    ];
    const studio = await Studio.open(one);
    const run = await studio.start('slow.ts');
    const refused = await studio.host.openFolder(two.folder);
    expect(problem(refused).message).toContain('A run is still running');
    value(await studio.api.stopRun({ run, as: 'cancelled' }));
    await studio.ended(run);
    // Its process ends a moment after its run.
    await studio.until('its process has ended', () => studio.host.hasLiveRuns().length === 0);
    expect(value(await studio.host.openFolder(two.folder))).toMatchObject({ folder: two.folder });
    expect(await studio.api.listRuns({ limit: 10 })).toEqual([]);
  });

  test('are begun anew where their list is broken', async () => {
    const dataFolder = temporaryFolder();
    for (const broken of ['', '{', '[]', '{"recent":[{"token":5}]}', '{"recent":"x"}']) {
      writeFileSync(path.join(dataFolder, 'recent-workspaces.json'), broken);
      const recents = await Recents.read(dataFolder);
      expect(recents.list()).toEqual([]);
      recents.note('/some/where');
      expect((await Recents.read(dataFolder)).list()).toMatchObject([{ name: 'where', folder: '/some/where' }]);
    }
  });
});

test("the list of workspaces is readable for its owner only, and is written through nobody's link", async () => {
  const folder = temporaryFolder();
  const dataFolder = path.join(folder, 'data');
  const victim = path.join(folder, 'victim');
  writeFileSync(victim, 'mine');
  const recents = await Recents.read(dataFolder);
  await recents.note('/some/where');
  expect(statSync(dataFolder).mode & 0o777).toBe(0o700);
  symlinkSync(victim, path.join(dataFolder, `recent-workspaces.json.${process.pid}.tmp`));
  await recents.note('/else/where');
  expect(statSync(path.join(dataFolder, 'recent-workspaces.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(victim, 'utf8')).toBe('mine');
  expect((await Recents.read(dataFolder)).list()).toHaveLength(2);
});

test('settings are kept where the system says, and not in the folder that the app is started from', () => {
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.stubEnv('CRONFLOW_DATA', '');
  vi.stubEnv('XDG_CONFIG_HOME', 'relative');
  expect(path.isAbsolute(dataFolder())).toBe(true);
});

describe('opening a file in an editor', () => {
  let project: Project;
  let studio: Studio;

  beforeEach(async () => {
    project = new Project({ 'films.ts': FLOW('films'), 'with space:9.ts': '// x' });
    project.write('editor.sh', `#!/bin/sh\necho "$@" > ${JSON.stringify(project.path('opened.txt'))}\n`);
    chmodSync(project.path('editor.sh'), 0o755);
    vi.stubEnv('CRONFLOW_EDITOR', project.path('editor.sh'));
    // It says on the terminal what we say to the page.
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });
    studio = await Studio.open(project);
  });

  test('takes files of the workspace and of the run', async () => {
    const opened = () =>
      existsSync(project.path('opened.txt')) ? readFileSync(project.path('opened.txt'), 'utf8') : '';
    value(await studio.api.openInEditor({ file: 'films.ts', line: 2, column: 5 }));
    await eventually('it is open', () => opened().includes(project.path('films.ts')));
    value(await studio.api.openInEditor({ file: project.path('with space:9.ts') }));
    await eventually('it is open', () => opened().includes('with space:9.ts'));

    const outside = path.join(temporaryFolder(), 'lib.ts');
    writeFileSync(outside, 'export const x = 1;');
    project.write('uses.ts', `import { x } from ${JSON.stringify(outside)};\n${FLOW('uses')}void x;`);
    const run = await studio.start('uses.ts');
    await studio.ended(run);
    expect(problem(await studio.api.openInEditor({ file: outside })).message).toContain(
      'is not a file of this workspace',
    );
    value(await studio.api.openInEditor({ run, file: outside, line: 1 }));
    await eventually('it is open', () => opened().includes(outside));
  });

  test('takes no others, by whatever way they are named', async () => {
    const secret = path.join(temporaryFolder(), 'secret.ts');
    writeFileSync(secret, 'x');
    symlinkSync(secret, project.path('link.ts'));
    symlinkSync(path.dirname(secret), project.path('linked'));
    const run = await studio.start('films.ts');
    await studio.ended(run);
    for (const file of [
      '../x.ts',
      secret,
      'link.ts',
      'linked/secret.ts',
      '/etc/passwd',
      '.',
      '',
      'missing.ts',
      `films.ts/../../${path.basename(path.dirname(secret))}/secret.ts`,
      'films.ts\0.txt',
      `file://${secret}`,
    ]) {
      expect(problem(await studio.api.openInEditor({ run, file })).message, file).toContain(
        'is not a file of this workspace or of the run',
      );
    }
    expect(existsSync(project.path('opened.txt'))).toBe(false);
  });

  test('says how to name an editor where there is none', async () => {
    vi.stubEnv('CRONFLOW_EDITOR', '/no/such/editor');
    expect(problem(await studio.api.openInEditor({ file: 'films.ts' })).message).toMatch(
      /"\/no\/such\/editor" could not be started .*CRONFLOW_EDITOR/,
    );
    vi.stubEnv('CRONFLOW_EDITOR', '');
    vi.stubEnv('VISUAL', '');
    vi.stubEnv('EDITOR', '/usr/bin/vim');
    // Whether one is open on this machine is not for us to say.
    const outcome = await studio.api.openInEditor({ file: 'films.ts' });
    expect(outcome.ok ? '' : outcome.problem.message).toMatch(
      /^$|needs a terminal\. Set the environment variable CRONFLOW_EDITOR/,
    );
  });
});

test('a source of a run is shown as it was, with whether it has changed since', async () => {
  const project = new Project({ 'films.ts': FLOW('films') });
  const studio = await Studio.open(project);
  const run = await studio.start('films.ts');
  await studio.ended(run);
  const asked = { run, session: 1, file: project.path('films.ts') };
  expect(await studio.api.getSource(asked)).toEqual({ file: asked.file, text: FLOW('films'), changed: false });
  project.write('films.ts', `${FLOW('films')}// changed`);
  expect(await studio.api.getSource(asked)).toEqual({ file: asked.file, text: FLOW('films'), changed: true });
  expect(await studio.api.getSource({ ...asked, session: 2 })).toBeNull();
  expect(await studio.api.getSource({ ...asked, file: '/etc/passwd' })).toBeNull();
});
