import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BIN, cleanEnvironment } from '../support/call.ts';
import { Project } from '../support/project.ts';

/*
 * Compiled code is loaded from a cache and executed. Another user of this machine must not be able to put theirs into
 * it, and what steps start must not be told of it.
 */

const { ownCacheFolder } = (await import(pathToFileURL(path.join(path.dirname(BIN), 'compile-cache.mjs')).href)) as {
  ownCacheFolder: (system: {
    platform?: NodeJS.Platform;
    env?: NodeJS.ProcessEnv;
    home?: () => string;
    uid?: number | undefined;
  }) => string | undefined;
};

const FLOW = Project.workflow(`
import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
const whileLoading = process.env.NODE_COMPILE_CACHE ?? null;
const ask = 'process.env.NODE_COMPILE_CACHE ?? null';
cronflow.define({ id: 'env' }).step('look', async () => {
  const worker = new Worker("require('node:worker_threads').parentPort.postMessage(" + ask + ")", { eval: true });
  const [inWorker] = await once(worker, 'message');
  return {
    whileLoading,
    inStep: process.env.NODE_COMPILE_CACHE ?? null,
    inWorker,
    inProcess: JSON.parse(execFileSync(process.execPath, ['-p', 'JSON.stringify(' + ask + ')'], { encoding: 'utf8' })),
    // CRONFLOW_DATA is the tests': settings are kept in a folder of theirs.
    ours: Object.keys(process.env).filter(name => name.startsWith('CRONFLOW_') && name !== 'CRONFLOW_DATA'),
  };
});`);

const NOT_SET = { whileLoading: null, inStep: null, inWorker: null, inProcess: null, ours: [] };

/** A user with a home and a temporary folder of their own. Calls the command line as they would. */
class User {
  readonly project = new Project({ 'flow.ts': FLOW });
  readonly home = this.project.path('home');
  readonly temporary = this.project.path('tmp');
  readonly cache = path.join(this.home, '.cache', 'cronflow', 'compiled');

  constructor() {
    for (const folder of [this.home, this.temporary]) mkdirSync(folder);
  }

  async run(more: NodeJS.ProcessEnv = {}): Promise<{ output: unknown; stderr: string }> {
    const { NODE_COMPILE_CACHE: _, XDG_CACHE_HOME: __, ...env } = cleanEnvironment();
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, 'run', 'flow.ts', '--json'], {
      cwd: this.project.folder,
      env: { ...env, HOME: this.home, TMPDIR: this.temporary, ...more },
    });
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { output: unknown };
    return { output: last.output, stderr };
  }

  /** Files of compiled code in a folder. */
  compiled(folder: string): number {
    return existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length
      : 0;
  }
}

describe.concurrent('compiled code', { timeout: 240_000 }, () => {
  test('is kept in a folder that only its user can enter, not in the temporary folder, and steps do not inherit it', async () => {
    const user = new User();
    expect(await user.run()).toEqual({ output: NOT_SET, stderr: '' });
    expect(user.compiled(user.temporary)).toBe(0);
    expect(lstatSync(user.cache).mode & 0o777).toBe(0o700);
    // By the runner too, whose files the command line does not load.
    const files = user.compiled(user.cache);
    expect(files).toBeGreaterThan(20);
    const help = new User();
    const { NODE_COMPILE_CACHE: _, XDG_CACHE_HOME: __, ...env } = cleanEnvironment();
    await promisify(execFile)(process.execPath, [BIN, 'run', '--help'], { env: { ...env, HOME: help.home } });
    expect(help.compiled(help.cache)).toBeGreaterThan(0);
    expect(help.compiled(help.cache)).toBeLessThan(files);
  });

  test('is kept where the user says, and then what steps start is told as well', async () => {
    const user = new User();
    const chosen = user.project.path('chosen');
    expect((await user.run({ NODE_COMPILE_CACHE: chosen })).output).toEqual({
      whileLoading: chosen,
      inStep: chosen,
      inWorker: chosen,
      inProcess: chosen,
      ours: [],
    });
    expect(user.compiled(chosen)).toBeGreaterThan(20);
    expect(existsSync(user.cache)).toBe(false);
  });

  test.each<[string, (user: User) => string]>([
    [
      'others may write into it',
      user => {
        mkdirSync(user.cache, { recursive: true });
        chmodSync(user.cache, 0o777);
        return user.cache;
      },
    ],
    [
      'its group may write into it',
      user => {
        mkdirSync(user.cache, { recursive: true });
        chmodSync(user.cache, 0o770);
        return user.cache;
      },
    ],
    [
      'it is a symbolic link',
      user => {
        const elsewhere = user.project.path('elsewhere');
        mkdirSync(elsewhere);
        mkdirSync(path.dirname(user.cache), { recursive: true });
        symlinkSync(elsewhere, user.cache);
        return elsewhere;
      },
    ],
    [
      'others may put another folder in its place',
      user => {
        mkdirSync(user.cache, { recursive: true });
        chmodSync(path.dirname(user.cache), 0o777);
        return user.cache;
      },
    ],
  ])('is not kept where %s, and everything works', async (_what, prepare) => {
    const user = new User();
    const folder = prepare(user);
    expect(await user.run()).toEqual({ output: NOT_SET, stderr: '' });
    expect(user.compiled(folder)).toBe(0);
    expect(user.compiled(user.temporary)).toBe(0);
  });

  test("is not kept in a folder of another user's", async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a folder away');
    const user = new User();
    mkdirSync(user.cache, { recursive: true });
    chownSync(user.cache, 65_534, 65_534);
    expect(await user.run()).toEqual({ output: NOT_SET, stderr: '' });
    expect(user.compiled(user.cache)).toBe(0);
  });

  test('is not kept without a home folder, and everything works', async () => {
    // No folder can be made in it, not even by root.
    expect(await new User().run({ HOME: '/dev/null' })).toEqual({ output: NOT_SET, stderr: '' });
  });

  test('has its place by the custom of each system', () => {
    const { folder } = new Project();
    const made = (system: Parameters<typeof ownCacheFolder>[0]) => {
      const found = ownCacheFolder({ env: {}, home: () => folder, ...system });
      return found === undefined ? undefined : path.relative(folder, found);
    };
    const uid = process.getuid?.();
    expect(made({ platform: 'linux', uid })).toBe('.cache/cronflow/compiled');
    expect(made({ platform: 'linux', uid, env: { XDG_CACHE_HOME: path.join(folder, 'xdg') } })).toBe(
      'xdg/cronflow/compiled',
    );
    expect(made({ platform: 'linux', uid, env: { XDG_CACHE_HOME: 'relative' } })).toBe('.cache/cronflow/compiled');
    expect(made({ platform: 'darwin', uid })).toBe('Library/Caches/cronflow/compiled');
    expect(made({ platform: 'win32', uid: undefined, env: { LOCALAPPDATA: path.join(folder, 'local') } })).toBe(
      'local/cronflow/compiled',
    );
    expect(made({ platform: 'win32', uid: undefined })).toBe('AppData/Local/cronflow/compiled');
    expect(made({ platform: 'linux', uid: (uid ?? 0) + 1 })).toBe(undefined);
    expect(
      made({
        platform: 'linux',
        uid,
        home: () => {
          throw new Error('no home');
        },
      }),
    ).toBe(undefined);
  });
});
