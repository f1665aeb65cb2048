import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { NotReadableError, readRegularFile, readRegularFileSync } from '../../engine/regular-file.ts';
import { openStore } from '../../engine/store/open.ts';
import { problem, Studio } from '../host/studio.ts';
import { Project } from '../support/project.ts';

/*
 * A store, and a folder that was handed over, can name any path as a source file: a pipe into which nobody writes, or a
 * device without end. Neither may hold up a command or the Studio.
 */

const FLOW = Project.workflow(`
cronflow.define({ id: 'one' }).forEach('each', [0, 1], (n: any, flow: any) => {
  flow.step('do', () => { if (n === 1) throw new Error('one is wrong'); return n; });
});`);

/** A project whose store has a run with a failed batch, and says that all of its files are one that is no file. */
class Hostile {
  readonly project = new Project({ 'flow.ts': FLOW });
  readonly pipe: string;
  readonly zero: string;

  constructor() {
    const named = (name: string) => this.project.path(name);
    mkdirSync(named('odd'));
    this.pipe = named('odd/pipe.ts');
    execFileSync('mkfifo', [this.pipe]);
    this.zero = named('odd/zero.ts');
    symlinkSync('/dev/zero', this.zero);
  }

  async run(): Promise<void> {
    expect(await this.project.cli(['run', 'flow.ts'])).toMatchObject({ code: 1 });
  }

  name(source: string, status?: string): void {
    const db = openStore(this.project.storeFile, { mode: 'write' });
    db.prepare('delete from session_sources where path != ?').run(this.project.path('flow.ts'));
    db.prepare('update session_sources set path = ?').run(source);
    db.prepare('update runs set file = ?').run(source);
    if (status !== undefined) db.prepare('update runs set status = ?').run(status);
    db.close();
  }
}

describe.concurrent('a source that is no file', { timeout: 240_000 }, () => {
  test.each(['pipe', 'zero'] as const)('(%s) holds up no command', async kind => {
    const hostile = new Hostile();
    await hostile.run();
    const { project } = hostile;
    hostile.name(hostile[kind]);
    const shown = await project.cli(['show', '1']);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('one is wrong');
    const refused = expect.stringMatching(/odd\/(?:pipe|zero)\.ts is a device or a pipe, not a file/);
    // A plan is made with the file as it is now.
    expect(await project.cli(['rerun', '1', '--dry-run'])).toMatchObject({ code: 2, stderr: refused });
    expect(await project.cli(['rerun', '1'])).toMatchObject({ code: 2, stderr: refused });
    hostile.name(hostile[kind], 'interrupted');
    expect(await project.cli(['resume', '1'])).toMatchObject({ code: 2, stderr: refused });
  });

  test.for(['pipe', 'zero'] as const)('(%s) does not hold up the Studio', async (kind, { onTestFinished }) => {
    const hostile = new Hostile();
    await hostile.run();
    hostile.name(hostile[kind]);
    const { api } = await Studio.open(hostile.project, {}, onTestFinished);
    expect(await api.getRun({ run: 1 })).toMatchObject({ codeChanged: true });
    const source = await api.getSource({ run: 1, session: 1, file: hostile[kind] });
    expect(source).toMatchObject({ text: expect.stringContaining('one is wrong'), changed: true });
    expect(problem(await api.planRerun({ run: 1, request: { select: 'failed' } })).message).toContain(
      'a device or a pipe',
    );
    expect(problem(await api.rerun({ run: 1, request: { select: 'failed' } })).message).toContain('a device or a pipe');
    expect(problem(await api.openInEditor({ run: 1, file: hostile[kind] })).name).toBe('EditorError');
    hostile.name(hostile[kind], 'interrupted');
    expect(problem(await api.resumeRun({ run: 1 })).message).toContain('a device or a pipe');
  });

  test('is told where it is imported', async () => {
    const hostile = new Hostile();
    for (const [name, what] of [
      ['pipe', 'a pipe'],
      ['zero', 'a device'],
    ] as const) {
      hostile.project.write('imports.ts', `import './odd/${name}.ts';\n${FLOW}`);
      const { code, stderr } = await hostile.project.cli(['run', 'imports.ts']);
      expect(code).toBe(2);
      expect(stderr).toContain(`imports.ts:1 imports "./odd/${name}.ts"`);
      expect(stderr).toContain(`is ${what}, not a file`);
    }
  });
});

describe.concurrent('a folder that was handed over', { timeout: 240_000 }, () => {
  test('can have pipes where the Studio looks for its own files', async ({ onTestFinished }) => {
    const { project } = new Hostile();
    mkdirSync(project.path('.cronflow/types'), { recursive: true });
    for (const name of ['.cronflow/types/cronflow.d.ts', 'tsconfig.json']) execFileSync('mkfifo', [project.path(name)]);
    const studio = await Studio.open(project, {}, onTestFinished);
    await studio.workflow('flow.ts');
    expect((await studio.api.getWorkspace({})).files.map(({ file }) => file)).toEqual(['flow.ts']);
  });

  test('can have a pipe or a device for its store: every command, and the Studio, say so', async ({
    onTestFinished,
  }) => {
    const { project, pipe } = new Hostile();
    mkdirSync(project.path('.cronflow'));
    renameSync(pipe, project.storeFile);
    const said = expect.stringContaining('is a pipe or a device, not a database file. Name another with --store.');
    for (const args of [['runs'], ['show', '1'], ['resume', '1'], ['rerun', '1'], ['run', 'flow.ts']])
      expect(await project.cli(args), args.join(' ')).toMatchObject({ code: 2, stderr: said });
    expect(await project.cli(['runs', '--store', '/dev/zero'])).toMatchObject({ code: 2, stderr: said });
    const { api } = await Studio.open(project, {}, onTestFinished);
    await expect(api.listRuns({ limit: 10 })).rejects.toThrow(/is a pipe or a device/);
  });
});

describe('reading a file whose path is not ours', () => {
  const read = [
    ['at once', async (file: string, most?: number) => readRegularFileSync(file, most)],
    ['meanwhile', readRegularFile],
  ] as const;
  test.each(read)('(%s) gives the text of a regular file, also through a link', async (_how, text) => {
    const project = new Project({ 'a.txt': 'ä€😀\n', 'empty.txt': '', 'long.txt': 'x'.repeat(300_000) });
    symlinkSync(project.path('a.txt'), project.path('link.txt'));
    expect(await text(project.path('a.txt'))).toBe('ä€😀\n');
    expect(await text(project.path('link.txt'))).toBe('ä€😀\n');
    expect(await text(project.path('empty.txt'))).toBe('');
    expect(await text(project.path('long.txt'))).toBe('x'.repeat(300_000));
  });

  test.each(read)('(%s) refuses pipes, devices, sockets, folders, and what is too large', async (_how, text) => {
    const { project, pipe, zero } = new Hostile();
    for (const file of [pipe, zero, '/dev/zero', '/dev/null', '/dev/tty', project.folder]) {
      if (!existsSync(file)) continue;
      await expect(text(file), file).rejects.toThrow(NotReadableError);
    }
    writeFileSync(project.path('large.txt'), 'x'.repeat(1001));
    expect(await text(project.path('large.txt'), 1001)).toHaveLength(1001);
    await expect(text(project.path('large.txt'), 1000)).rejects.toThrow(NotReadableError);
    await expect(text(path.join(project.folder, 'missing'))).rejects.toThrow(/ENOENT/);
  });

  test.each(read)('(%s) stops at its bound where the size that is told is not true', async (_how, text) => {
    const file = '/proc/self/maps';
    if (!existsSync(file)) return;
    expect((await text(file)).length).toBeGreaterThan(1_000);
    await expect(text(file, 1_000)).rejects.toThrow(NotReadableError);
  });
});
