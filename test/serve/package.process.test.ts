import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../support/built.ts';
import { Project } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-package-')));
const modules = path.join(root, 'node_modules');
const installed = path.join(modules, 'cronflow');
const command = [process.execPath, path.join(installed, 'bin', 'cronflow.mjs')];

/** As npm would install it, with the packages it depends on, and with none of those it was built with. */
beforeAll(async () => {
  await ensureBuilt();
  const run = promisify(execFile);
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root], {
    cwd: ROOT,
    shell: process.platform === 'win32',
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', path.join(root, filename), '-C', installed, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of dependenciesOf(Object.keys(dependencies))) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name), 'junction');
  }
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the package, installed', () => {
  test('has what it needs and no more', () => {
    for (const file of [
      'bin/cronflow.mjs',
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

  test('makes a workspace, with the types for its editor', async () => {
    const project = new Project();
    expect(await project.cli(['new', 'fresh'], { command })).toMatchObject({ code: 0 });
    expect(readFileSync(project.path('fresh', '.cronflow', 'types', 'cronflow.d.ts'), 'utf8')).toContain(
      "declare module 'cronflow'",
    );
  });
});

/** The packages, and those they depend on in turn. */
function dependenciesOf(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    const manifest = path.join(ROOT, 'node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(manifest)) continue;
    found.add(name);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    dependenciesOf([...Object.keys(dependencies), ...Object.keys(optionalDependencies)], found);
  }
  return found;
}
