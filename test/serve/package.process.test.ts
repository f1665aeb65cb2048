import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishedManifest } from '../../scripts/publish-manifest.ts';
import { ensureBuilt } from '../support/built.ts';
import { dependenciesOf } from '../support/installed.ts';
import { Project } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-package-')));
const modules = path.join(root, 'node_modules');
const installed = path.join(modules, 'cronflow');
const command = [process.execPath, path.join(installed, 'bin', 'cronflow.mjs')];

/** As npm would install it, with the packages it depends on, and with none of those it was built with. */
beforeAll(async () => {
  await ensureBuilt();
  await install(modules, 'cronflow');
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Packs the package under a name, as `npm pack` does, and unpacks it where its users import it from. */
async function install(into: string, name: string): Promise<void> {
  const staged = mkdtempSync(path.join(root, 'staged-'));
  const manifest = publishedManifest({ ...readManifest(ROOT), name }) as Manifest;
  for (const part of manifest.files
    .filter(pattern => !pattern.startsWith('!'))
    .map(pattern => pattern.replace('/*.md', '')))
    cpSync(path.join(ROOT, part), path.join(staged, part), { recursive: true });
  writeFileSync(path.join(staged, 'package.json'), JSON.stringify(manifest));
  const run = promisify(execFile);
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', staged], {
    cwd: staged,
    shell: process.platform === 'win32',
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const target = path.join(into, 'cronflow');
  mkdirSync(target, { recursive: true });
  await run('tar', ['-xzf', path.join(staged, filename), '-C', target, '--strip-components=1']);
  rmSync(staged, { recursive: true });
  for (const dependency of dependenciesOf(Object.keys(manifest.dependencies))) {
    mkdirSync(path.dirname(path.join(into, dependency)), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', dependency), path.join(into, dependency), 'junction');
  }
}

describe('the package, installed', () => {
  test('has what it needs and no more', () => {
    for (const file of [
      'bin/cronflow.mjs',
      'docs/getting-started.md',
      'dist/engine/index.js',
      'dist/engine/index.d.ts',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/engine/runner/main.js',
      'dist/engine/workflow/types.d.ts',
      'dist/cli/main.js',
      'dist/host/store/thread.js',
      'dist/electron/main.js',
      'out/renderer/index.html',
      'out/preload/index.cjs',
      'out/THIRD-PARTY-NOTICES.txt',
    ]) {
      expect(existsSync(path.join(installed, file)), file).toBe(true);
    }
    const files = readdirSync(installed, { recursive: true }).map(String);
    expect(
      files.filter(file =>
        /\.map$|\.test\.|(?<!\.d)\.tsx?$|^(test|engine|host|renderer|electron|node_modules)\b/.test(file),
      ),
    ).toEqual([]);
    expect(existsSync(path.join(modules, 'react'))).toBe(false);
  });

  test('is small: few packages, and little of a disk', () => {
    const packages = ['cronflow', ...dependenciesOf(Object.keys(readManifest(installed).dependencies))];
    expect(packages.length).toBeLessThanOrEqual(25);
    expect(packages.reduce((sum, name) => sum + bytesIn(path.join(modules, name)), 0)).toBeLessThan(46_000_000);
  });

  test('says which Node it needs, and brings no other one', () => {
    const { engines, optionalDependencies, scripts } = readManifest(installed);
    expect({ engines, optionalDependencies, scripts }).toEqual({ engines: { node: '>=22.18' } });
  });

  test('has types that hold without a look away, and names no package that is not there', async () => {
    const folder = mkdtempSync(path.join(root, 'typed-'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      path.join(folder, 'flow.ts'),
      `import { cronflow } from 'cronflow';
import { executeBatch, testRun } from 'cronflow/test';
const flow = cronflow.define({ id: 'mine' }).step('read', () => [1, 2, 3]);
flow.batch('double', { items: ctx => ctx.steps.read.output, size: 2 }, (batch, inner) => {
  inner.step('add', (): number => batch.reduce((sum, n) => sum + n, 0));
});
// @ts-expect-error: what a step has returned is known.
flow.step('wrong', ctx => ctx.steps.read.output.toFixed());
export const tested = testRun(flow, { steps: { read: () => [1] } }).then(({ batchesOf }) => batchesOf('double')[0]?.status);
export { executeBatch };
`,
    );
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          skipLibCheck: false,
          module: 'nodenext',
          target: 'es2023',
          noEmit: true,
          types: [],
        },
      }),
    );
    const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const checked = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');
  });

  test('can be published under another name: it is imported by the one that it is installed under', async () => {
    const elsewhere = mkdtempSync(path.join(root, 'renamed-'));
    await install(path.join(elsewhere, 'node_modules'), '@somebody/batches');
    const project = new Project({
      'flow.ts':
        "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'small' }).step('only', async () => 1);\n",
    });
    const renamed = [process.execPath, path.join(elsewhere, 'node_modules', 'cronflow', 'bin', 'cronflow.mjs')];
    expect(await project.cli(['run', 'flow.ts', '--json'], { command: renamed })).toMatchObject({ code: 0 });
  });

  test('compiles standard decorators, and shows the lines around a failure, with what it has inside', async () => {
    const project = new Project({
      'flow.ts': `import { cronflow } from 'cronflow';
const twice = (method: (n: number) => number) => (n: number) => 2 * method(n);
class Sums { @twice of(n: number) { return n; } }
cronflow.define({ id: 'small' })
  .step('two', () => new Sums().of(1))
  .step('fails', ctx => { if (ctx.last === 2) throw new Error('it was two'); });
`,
    });
    const { code, stderr, stdout } = await project.cli(['run', 'flow.ts'], { command });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      "> 6 |   .step('fails', ctx => { if (ctx.last === 2) throw new Error('it was two'); });",
    );
  });

  test('runs a workflow', async () => {
    const project = new Project({
      'flow.ts':
        "import { cronflow } from 'cronflow';\nenum Kind { One = 1 }\ncronflow.define({ id: 'small' }).step('only', async (): Promise<number> => Kind.One);\n",
    });
    expect(await project.cli(['run', 'flow.ts', '--json'], { command })).toMatchObject({
      code: 0,
      summary: { status: 'completed', output: 1 },
    });
    expect(await project.cli(['runs', '--json'], { command })).toMatchObject({
      code: 0,
      summary: { workflow: 'small' },
    });
  });

  test('is called from a program, in another process and in its own', async () => {
    const project = new Project({
      'package.json': '{ "type": "module" }',
      'flow.ts':
        "import { cronflow } from 'cronflow';\nexport default cronflow.define({ id: 'small' }).step('only', ctx => (console.log('in', process.pid), ctx.payload.n + 1));\n",
      'program.ts': `import { openStore, run } from 'cronflow';
import flow from './flow.ts';
const store = await openStore('runs.db');
const results = [];
for (const inProcess of [false, true]) results.push(await run(flow, { store, payload: { n: 41 }, inProcess }));
results.push(await run('flow.ts', { store, payload: { n: 1 } }));
await store.close();
console.log(JSON.stringify(results.map(({ run, status, output }) => [run, status, output])));
`,
    });
    mkdirSync(project.path('node_modules'));
    symlinkSync(installed, project.path('node_modules', 'cronflow'), 'junction');
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.folder });
    const lines = stdout.trim().split('\n');
    // What another process says is an event; what this one says is on its own output.
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? '')).toEqual([
      [1, 'completed', 42],
      [2, 'completed', 42],
      [3, 'completed', 2],
    ]);
  });

  test('serves the app', async () => {
    const project = new Project({
      'flow.ts':
        "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'small' }).step('only', async () => 1);\n",
    });
    const call = project.start(['studio', '--json'], {
      command,
      env: { CRONFLOW_DATA: project.path('.data'), DISPLAY: '', WAYLAND_DISPLAY: '' },
    });
    await call.says('"event":"serving"');
    const { url } = JSON.parse(call.stdout) as { url: string };
    const entered = await fetch(url, { redirect: 'manual' });
    const page = await fetch(new URL('/', url), {
      headers: { cookie: entered.headers.getSetCookie()[0]?.split(';')[0] ?? '' },
    });
    expect(await page.text()).toContain('<title>Cronflow Studio</title>');
    call.kill('SIGTERM');
    expect(await call.done).toMatchObject({ code: 0 });
  });

  test('starts runs by an interval and by a webhook, which share what they count', async () => {
    const project = new Project({
      'flows.ts': `import { cronflow } from 'cronflow';
cronflow.define({ id: 'tick' }).onInterval('1s').step('count', () => cronflow.incrGlobalState('runs'));
cronflow.define({ id: 'order' }).onWebhook('/orders')
  .step('count', () => cronflow.incrGlobalState('runs'))
  .step('order', ctx => ({ ordered: ctx.payload.id }), { cache: { key: ctx => 'order ' + ctx.payload.id } });
`,
    });
    const call = project.start(['serve', '.', '--trust', '--triggers', '--webhook-port', '0', '--json'], {
      command,
      env: { CRONFLOW_DATA: project.path('.data') },
    });
    await call.says('"webhooks"');
    const { webhooks } = JSON.parse(call.stdout.split('\n')[0] ?? '') as { webhooks: string };
    const runsOf = async (workflow: string) => {
      const { events } = await project.cli(['runs', '--json'], { command });
      return events.filter(event => event.workflow === workflow && event.status === 'completed');
    };
    // Then its files are loaded.
    await expect.poll(async () => (await runsOf('tick')).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const answer = await fetch(`${webhooks}/orders`, {
      method: 'POST',
      body: '{ "id": 7 }',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(202);
    const { run } = (await answer.json()) as { run: number };
    await expect.poll(() => runsOf('order'), { timeout: 20_000 }).toMatchObject([{ run: String(run) }]);
    call.kill('SIGTERM');
    expect(await call.done).toMatchObject({ code: 0 });
    project.write(
      'count.ts',
      "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'say' }).step('count', () => cronflow.getGlobalState('runs'));\n",
    );
    const { summary } = await project.cli(['run', 'count.ts', '--json'], { command });
    // One that the end of `serve` has cut off may have counted, or not.
    const completed = (await runsOf('tick')).length + (await runsOf('order')).length;
    expect(summary?.output).toBeGreaterThanOrEqual(completed);
    expect(summary?.output).toBeLessThanOrEqual(Number(summary?.run) - 1);
  }, 60_000);

  test('makes a workspace, with the types for its editor', async () => {
    const project = new Project();
    expect(await project.cli(['new', 'fresh'], { command })).toMatchObject({ code: 0 });
    expect(readFileSync(project.path('fresh', '.cronflow', 'types', 'cronflow.d.ts'), 'utf8')).toContain(
      "declare module 'cronflow'",
    );
  });
});

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
