import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Workspace } from '../../host/api/api.ts';
import { scaffoldWorkflow } from '../../host/workspace/scaffold.ts';
import { Project } from '../support/project.ts';
import { Studio, problem, value } from '../host/studio.ts';

/*
 * What a page may say in the place of a file, a folder or a value. The page is ours; these hold for the day on which
 * something else speaks in its name.
 */

const SECRET = 'nobody may read this';
const FLOW = Project.workflow("cronflow.define({ id: 'flow', name: 'Flow' }).step('only', (ctx: any) => ctx.payload);");

let project: Project;
let outside: Project;
let studio: Studio;
/** What the editor was asked to open. */
let opened: () => string;

beforeEach(async () => {
  outside = new Project({ 'secret.txt': SECRET, 'secret.ts': `${FLOW}\n// ${SECRET}` });
  project = new Project({ 'flow.ts': FLOW, '.env': SECRET, 'notes.txt': SECRET, 'folder/.keep': '' });
  const editor = project.write(
    '.bin/editor.sh',
    `#!/bin/sh\necho "$@" >> ${JSON.stringify(project.path('.bin/opened.txt'))}\n`,
  );
  chmodSync(editor, 0o755);
  opened = () =>
    existsSync(project.path('.bin/opened.txt')) ? readFileSync(project.path('.bin/opened.txt'), 'utf8') : '';
  const before = process.env.CRONFLOW_EDITOR;
  process.env.CRONFLOW_EDITOR = editor;
  onTestFinished(() => {
    if (before === undefined) delete process.env.CRONFLOW_EDITOR;
    else process.env.CRONFLOW_EDITOR = before;
  });
});

/** Ways to say a file that is not of the workspace, as systems of all kinds would understand them. */
function places(): string[] {
  const up = path.relative(project.folder, outside.path('secret.ts'));
  const inFolder = path.basename(outside.folder);
  return [
    up,
    outside.path('secret.ts'),
    `./${up}`,
    `folder/../${up}`,
    `flow.ts/../${up}`,
    up.replaceAll('/', '\\'),
    `..%2f${inFolder}%2fsecret.ts`,
    `%2e%2e/${inFolder}/secret.ts`,
    `..%252f${inFolder}%252fsecret.ts`,
    `..\u2215${inFolder}\u2215secret.ts`,
    `..\uff0f${inFolder}\uff0fsecret.ts`,
    `${up}\0`,
    `flow.ts\0${up}`,
    `\0`,
    `file://${outside.path('secret.ts')}`,
    `\\\\?\\${outside.path('secret.ts')}`,
    `//localhost${outside.path('secret.ts')}`,
    '/etc/passwd',
    '../../../../../../etc/passwd',
    '/dev/stdin',
    '/proc/self/environ',
    '/dev/fd/0',
    '~/.ssh/id_rsa',
    '$HOME/.profile',
    '`id`',
    '; id',
    '| id',
    '$(id)',
    'C:\\Windows\\win.ini',
    'C:flow.ts',
    '\\\\server\\share\\x',
    'NUL',
    'con',
    'aux.ts',
    'COM1',
    'LPT1.txt',
    'CONIN$',
    'flow.ts::$DATA',
    'flow.ts:stream',
    'flow.ts.',
    'flow.ts ',
    '',
    '.',
    '..',
    '/',
    'folder',
    'folder/',
    '.cronflow',
    '__proto__',
    'constructor',
    '-rf',
    '--help',
    'x'.repeat(900),
  ];
}

describe('a file that a page names', () => {
  test('is never one outside the workspace, however it is said', async () => {
    studio = await Studio.open(project);
    await studio.workflow('flow.ts');
    const run = await studio.start('flow.ts');
    await studio.ended(run);
    for (const file of places()) {
      if (file !== '') expect(await studio.api.getFile({ file }), file).toBe(null);
      expect(await studio.api.getSource({ run, session: 1, file }), file).toBe(null);
      if (file !== '')
        expect(problem(await studio.api.startRun({ file, workflow: 'flow', payload: '{}' })).message, file).toMatch(
          /^There is no workflow file /,
        );
      for (const of of [{}, { run }])
        expect(problem(await studio.api.openInEditor({ ...of, file })).message, file).toMatch(
          /is not a file of this workspace or of the run\.$/,
        );
    }
    expect(opened()).toBe('');
    expect((await studio.api.listRuns({ limit: 10 })).length).toBe(1);
  });

  test.skipIf(process.platform === 'win32')(
    'is none that a link in the workspace leads out to, and no device',
    async () => {
      symlinkSync(outside.path('secret.ts'), project.path('link.ts'));
      symlinkSync(outside.folder, project.path('linked'), 'dir');
      symlinkSync('/dev/zero', project.path('zero.ts'));
      symlinkSync(project.path('round.ts'), project.path('round.ts'));
      studio = await Studio.open(project);
      await studio.workflow('flow.ts');
      const shown: Workspace = await studio.until('all files are known', async () => {
        const now = await studio.api.getWorkspace({});
        return !now.loading && now;
      });
      expect(shown.files.map(({ file }) => file)).toEqual(['flow.ts']);
      for (const file of [
        'link.ts',
        'linked/secret.ts',
        'linked',
        'zero.ts',
        'round.ts',
        'linked/../linked/secret.ts',
      ]) {
        expect(await studio.api.getFile({ file }), file).toBe(null);
        problem(await studio.api.startRun({ file, workflow: 'flow', payload: '{}' }));
        problem(await studio.api.openInEditor({ file }));
      }
      expect(opened()).toBe('');
    },
  );

  test('is read only where it is a workflow file or one of its parts: not whatever lies beside it', async () => {
    project.write('flow.ts', `${FLOW}note('it is imported');`);
    studio = await Studio.open(project);
    await studio.workflow('flow.ts');
    for (const file of ['.env', 'notes.txt', '.cronflow/runs.db', '.bin/editor.sh', 'folder/.keep'])
      expect(await studio.api.getFile({ file }), file).toBe(null);
    expect((await studio.api.getFile({ file: 'supplied.ts' }))?.text).toContain('ledger');
  });

  test.skipIf(process.platform === 'win32')('reaches the editor as a file, whatever its name is', async () => {
    const names = [
      '; touch owned',
      '$(touch owned)',
      '`touch owned`',
      '& touch owned &',
      '-c touch owned',
      "' touch owned '",
      '" touch owned "',
      'line\nbreak',
      'a b.ts',
    ];
    for (const name of names) project.write(name, 'x');
    studio = await Studio.open(project);
    await Promise.all(names.map(async file => value(await studio.api.openInEditor({ file, line: 7 }))));
    await studio.until('all were opened', () => names.every(name => opened().includes(project.path(name))));
    expect(existsSync(project.path('owned'))).toBe(false);
    expect(existsSync('owned')).toBe(false);
  });
});

describe('a new workflow', () => {
  test('is written into the workspace and nowhere else, whatever it is called', async () => {
    const before = new Set(readdirSync(project.folder));
    const names = [
      '../escaped',
      '/tmp/escaped',
      '..\\escaped',
      'a/b/c',
      '.',
      '..',
      '...',
      '~',
      '%2e%2e%2f',
      'CON',
      'nul.ts',
      'Aux',
      'COM1',
      'lpt9.',
      'con .',
      '.cronflow',
      '.env',
      'package.json',
      'flow.ts',
      'flow',
      '-rf',
      '\0',
      'a\0b',
      '\u202etxt.exe',
      '\u001b[2J',
      '\ud800',
      '__proto__',
      'constructor',
      'x'.repeat(80),
      '𝔘𝔫𝔦',
      '🎬',
      ' ',
    ];
    const made = [];
    for (const name of names) {
      const { file, workflow } = await scaffoldWorkflow(project.folder, name, []);
      made.push(file);
      expect(file, name).toMatch(/^[a-z0-9][a-z0-9-]*\.ts$/);
      expect(file, name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i);
      expect(file, name).toBe(`${workflow}.ts`);
    }
    expect(new Set(made).size).toBe(names.length);
    expect(
      readdirSync(project.folder)
        .filter(name => !before.has(name))
        .toSorted(),
    ).toEqual(['.cronflow', 'tsconfig.json', ...made].toSorted());
    expect(readFileSync(project.path('flow.ts'), 'utf8')).toBe(FLOW);
  });

  test('has its name as a text, and nothing of it as a part of its program', async () => {
    studio = await Studio.open(project);
    const names = [
      "'); process.exit(1); ('",
      '*/ process.exit(1); /*',
      '${process.exit(1)}` + process.exit(1) + `',
      "\\'); process.exit(1); //",
      '\u2028process.exit(1)\nprocess.exit(1)\r',
    ];
    const made = await Promise.all(names.map(async name => value(await studio.api.newWorkflow({ name }))));
    const { files } = await studio.until(
      'all of them are known',
      async () => {
        const now = await studio.api.getWorkspace({});
        return now.files.length > names.length && !now.loading && now;
      },
      60_000,
    );
    expect(files.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(made.map(({ file }) => files.find(known => known.file === file)?.graphs[0]?.name)).toEqual([
      ...names.slice(0, 4),
      'process.exit(1) process.exit(1)',
    ]);
  });

  test.skipIf(process.platform === 'win32')('does not follow a link that stands in its place', async () => {
    symlinkSync(outside.path('not-there.ts'), project.path('linked.ts'));
    studio = await Studio.open(project);
    const { file } = value(await studio.api.newWorkflow({ name: 'linked' }));
    expect(file).toBe('linked-2.ts');
    expect(existsSync(outside.path('not-there.ts'))).toBe(false);
  });
});

test('a folder is opened by its token only', async () => {
  const data = outside.path('data');
  mkdirSync(data);
  writeFileSync(
    path.join(data, 'recent-workspaces.json'),
    JSON.stringify({ recent: [{ token: 'known', folder: outside.folder }] }),
  );
  studio = await Studio.open(project, { dataFolder: data });
  for (const token of [
    outside.folder,
    '..',
    '/',
    '',
    '0',
    'KNOWN',
    'known\0',
    '__proto__',
    'constructor',
    'x'.repeat(100),
  ])
    expect(problem(await studio.api.openRecent({ token })).message).toBe(
      'That folder is not among those opened before.',
    );
  expect((await studio.api.getWorkspace({})).folder).toBe(project.folder);
  expect(value(await studio.api.openRecent({ token: 'known' })).folder).toBe(outside.folder);
});

describe('a value that a page gives', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

  test('as a payload is refused in words where it cannot be stored, and is nothing but data', async () => {
    studio = await Studio.open(project);
    const ref = await studio.workflow('flow.ts');
    for (const payload of [
      deep(100_000),
      '{"__proto__":{"polluted":true}}',
      '{',
      '[1,]',
      "{'a':1}",
      'undefined',
      '\0',
      '\ufeff{}',
    ]) {
      expect(problem(await studio.api.startRun({ ...ref, payload })).message).toMatch(/payload.{3,300}$/s);
    }
    const run = await studio.start(
      'flow.ts',
      JSON.parse('{"constructor":{"prototype":{"polluted":true}},"toString":1,"then":1,"toJSON":2,"half":"\\ud800"}'),
    );
    expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
    const { json } = await studio.api.getPayload({ run });
    for (const part of ['constructor', 'toString', 'then', 'toJSON', '\\ud800']) expect(json).toContain(part);
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
  });

  test('as items of a re-run is refused in words where it cannot be stored', async () => {
    project.write(
      'batches.ts',
      Project.workflow(
        "cronflow.define({ id: 'batches' }).batch('each', { items: [1, 2], size: 1 }, (batch, flow) => { flow.step('fail', () => { throw new Error('no'); }); });",
      ),
    );
    studio = await Studio.open(project);
    const run = await studio.start('batches.ts');
    await studio.ended(run);
    for (const items of [deep(100_000), '{}', '1', 'null', '[', '']) {
      const request = { node: 'each', select: { ranges: [[0, 0] as [number, number]] }, items };
      expect(problem(await studio.api.planRerun({ run, request })).message, items.slice(0, 20)).toMatch(/items/i);
      expect(problem(await studio.api.rerun({ run, request })).message, items.slice(0, 20)).toMatch(/items/i);
    }
    expect(await studio.ended(run)).toMatchObject({ status: 'failed' });
  });
});
