import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/*
 * The built app, for tests of what runs from it: the page (out/renderer), the desktop app (dist, out/preload). What is up to
 * date is not built again, and of test files that run at the same time one builds and the others wait.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOCK = path.join(ROOT, 'node_modules', '.cache', 'build.lock');

const PARTS = [
  {
    what: [['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], ['scripts/keep-public-types.ts']],
    from: [
      'common',
      'engine',
      'tsconfig.json',
      'tsconfig.build.json',
      'tsconfig.types.json',
      'scripts/keep-public-types.ts',
    ],
    makes: 'dist/engine/index.d.ts',
  },
  {
    what: [['node_modules/vite/bin/vite.js', 'build', '-c', 'vite.node.config.ts']],
    from: [
      'common',
      'engine',
      'cli',
      'host',
      'electron',
      'vite.node.config.ts',
      'scripts/note-sources.ts',
      'package.json',
    ],
    makes: 'dist/sources.json',
  },
  {
    what: [['node_modules/vite/bin/vite.js', 'build']],
    from: ['renderer', 'electron', 'host/api', 'common', 'vite.config.ts', 'scripts/notices.ts', 'package.json'],
    makes: 'out/preload/index.cjs',
  },
] as const;

/** Sees to it that the page and the desktop app are built from the sources as they are now. */
export async function ensureBuilt(): Promise<void> {
  await withLock(async () => {
    for (const { what, from, makes } of PARTS) {
      if ((await writtenAt(makes)) > Math.max(...(await Promise.all(from.map(newestIn))))) continue;
      for (const [tool, ...args] of what)
        // The test runner has a NODE_ENV of its own, with which React would be the development build.
        await promisify(execFile)(process.execPath, [path.join(ROOT, tool), ...args], {
          cwd: ROOT,
          env: { ...process.env, NODE_ENV: 'production' },
        });
    }
  });
}

async function writtenAt(file: string): Promise<number> {
  return await stat(path.join(ROOT, file)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function newestIn(place: string): Promise<number> {
  const full = path.join(ROOT, place);
  if ((await stat(full)).isFile()) return await writtenAt(place);
  const entries = await readdir(full, { recursive: true });
  return Math.max(...(await Promise.all(entries.map(async entry => await writtenAt(path.join(place, entry))))));
}

async function withLock(work: () => Promise<void>): Promise<void> {
  while (!(await takeLock())) await new Promise(resolve => setTimeout(resolve, 100));
  try {
    await work();
  } finally {
    await rm(LOCK, { force: true });
  }
}

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(path.dirname(LOCK), { recursive: true });
    await writeFile(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = Number(await readFile(LOCK, 'utf8').catch(() => ''));
    // One that was ended in the midst of it holds nothing.
    if (owner > 0 && !isAlive(owner)) await rm(LOCK, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
