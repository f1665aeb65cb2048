import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { killVerified } from '../../engine/runner/kill.ts';
import { openStore } from '../../engine/store/open.ts';
import { ProcessIdentities, type ProcessIdentity } from '../../engine/store/process-identity.ts';
import { startOf, type ProcessSource } from '../../engine/store/process-start.ts';
import { isRunning } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/*
 * A process that works on a run is known by its number and by when it started: numbers are given out again. The answers
 * of macOS and Windows are recorded ones: none of this has been run there.
 */

const PID = 4321;

/** An operating system that answers what it is told to, and counts how often it is asked. */
class RecordedSystem implements ProcessSource {
  readonly platform: NodeJS.Platform;
  readonly env = { SystemRoot: 'C:\\WINDOWS', LANG: 'de_DE.UTF-8' };
  readonly asked: { program: string; args: readonly string[]; env: NodeJS.ProcessEnv }[] = [];
  answer: string | Error;
  isThere = true;
  time = 0;

  constructor(platform: NodeJS.Platform, answer: string | Error) {
    this.platform = platform;
    this.answer = answer;
  }

  readonly exists = () => this.isThere;
  readonly now = () => this.time;
  readonly readFile = (file: string) => (file.endsWith('/stat') ? this.#answer(file, [], {}) : 'x');
  readonly readLink = (file: string) => (file === '/proc/self' ? String(process.pid) : 'x');
  /** How often somebody has waited for an answer. */
  waits = 0;
  readonly run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => {
    this.waits += 1;
    return this.#answer(program, args, env);
  };
  readonly later: (() => void)[] = [];
  readonly runLater: ProcessSource['runLater'] = (program, args, env, told) => {
    const output = this.#answer(program, args, env);
    this.later.push(() => told(output));
  };

  #answer(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
    this.asked.push({ program, args, env });
    if (typeof this.answer !== 'string') throw this.answer;
    return this.answer;
  }
}

const STAT = (state: string, start: string) =>
  `${PID} (node (x) y) ${state} 1 4321 4321 0 -1 4194304 9 0 0 0 0 0 0 0 20 0 11 0 ${start} 1063071744 0 0`;
const POWERSHELL = 'C:\\WINDOWS\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

describe('when a process started', () => {
  test.each<[NodeJS.Platform, string | Error, ReturnType<typeof startOf>]>([
    ['linux', STAT('S', '8867233'), { kind: 'started', at: '8867233' }],
    ['linux', STAT('Z', '8867233'), { kind: 'ended' }],
    ['linux', new Error('ENOENT'), { kind: 'unknown' }],
    ['linux', '', { kind: 'unknown' }],
    ['darwin', 'Ss   Sat Nov 28 03:10:20 2026    \n', { kind: 'started', at: 'Sat Nov 28 03:10:20 2026' }],
    ['darwin', 'R+   Tue Dec  1 13:10:20 2026\n', { kind: 'started', at: 'Tue Dec 1 13:10:20 2026' }],
    ['darwin', 'Z    Sat Nov 28 03:10:20 2026\n', { kind: 'ended' }],
    ['darwin', '', { kind: 'unknown' }],
    ['darwin', new Error('Command failed: /bin/ps'), { kind: 'unknown' }],
    ['win32', '134087622201234567\r\n', { kind: 'started', at: '134087622201234567' }],
    ['win32', '', { kind: 'unknown' }],
    ['win32', 'Get-Process : Cannot find a process with the process identifier 4321.', { kind: 'unknown' }],
    ['win32', new Error('spawnSync powershell.exe ETIMEDOUT'), { kind: 'unknown' }],
    ['freebsd', 'whatever', { kind: 'unknown' }],
  ])('on %s, told %j', (platform, answer, expected) => {
    expect(startOf(PID, new RecordedSystem(platform, answer))).toEqual(expected);
  });

  test('is asked of the system itself, and not of a program of that name in the current folder', () => {
    const mac = new RecordedSystem('darwin', '');
    startOf(PID, mac);
    expect(mac.asked).toEqual([
      {
        program: '/bin/ps',
        args: ['-o', 'stat=,lstart=', '-p', '4321'],
        env: expect.objectContaining({ LC_ALL: 'C', TZ: 'UTC' }),
      },
    ]);
    const windows = new RecordedSystem('win32', '');
    startOf(PID, windows);
    expect(windows.asked[0]).toMatchObject({
      program: POWERSHELL,
      args: ['-NoProfile', '-NonInteractive', '-Command', '(Get-Process -Id 4321).StartTime.ToFileTimeUtc()'],
    });
  });

  test('is asked for no number that is none: a store may hold anything', () => {
    for (const pid of [0, -1, 1.5, NaN, '1); calc' as unknown as number]) {
      const windows = new RecordedSystem('win32', '134087622201234567');
      expect(startOf(pid, windows)).toEqual({ kind: 'unknown' });
      expect(windows.asked).toEqual([]);
    }
  });
});

const SYSTEMS = [
  ['linux', STAT('S', '100'), 'linux 100 x x x -', STAT('S', '200')],
  ['darwin', 'Ss   Sat Nov 28 03:10:20 2026', 'Sat Nov 28 03:10:20 2026', 'Ss   Sat Nov 28 04:00:00 2026'],
  ['win32', '134087622201234567\r\n', '134087622201234567', '134087999999999999\r\n'],
] as const;

describe.each(SYSTEMS)('on %s', (platform, answer, born, anothersAnswer) => {
  const owner = { pid: PID, born, host: hostname() };

  function ended(identity: ProcessIdentity, system: RecordedSystem) {
    const killed: number[] = [];
    const outcome = killVerified(identity, new ProcessIdentities(system), pid => {
      killed.push(pid);
    });
    return { outcome, killed };
  }

  test('a process is the same, is gone, or has been followed by another with its number', () => {
    const system = new RecordedSystem(platform, answer);
    expect(new ProcessIdentities(system).check(owner)).toBe('same');
    system.answer = anothersAnswer;
    expect(new ProcessIdentities(system).check(owner)).toBe('gone');
    system.isThere = false;
    expect(new ProcessIdentities(system).check(owner)).toBe('gone');
  });

  test('is ended only when it is the same one; what cannot be verified is left alone', () => {
    const system = new RecordedSystem(platform, answer);
    expect(ended(owner, system)).toEqual({ outcome: 'killed', killed: [PID] });
    expect(ended({ ...owner, born: undefined }, system)).toEqual({ outcome: 'not-verified', killed: [] });
    const elsewhere =
      platform === 'linux' ? { ...owner, born: 'linux 100 x y x -' } : { ...owner, host: 'another-machine' };
    expect(ended(elsewhere, system)).toEqual({ outcome: 'not-verified', killed: [] });
    for (const pid of [0, -1, 1.5])
      expect(ended({ ...owner, pid }, system)).toEqual({ outcome: 'not-verified', killed: [] });
    system.answer = new Error('Access is denied');
    expect(ended(owner, system)).toEqual({ outcome: 'not-verified', killed: [] });
    system.answer = anothersAnswer;
    expect(ended(owner, system)).toEqual({ outcome: 'gone', killed: [] });
    system.isThere = false;
    expect(ended(owner, system)).toEqual({ outcome: 'gone', killed: [] });
  });

  test('is asked about anew before it is ended, whatever was known of it', () => {
    const system = new RecordedSystem(platform, answer);
    const identities = new ProcessIdentities(system);
    expect(identities.check(owner)).toBe('same');
    system.answer = anothersAnswer;
    expect(identities.check(owner, 'again')).toBe('gone');
  });
});

describe.each(SYSTEMS.slice(1))('on %s, where asking starts a program', (platform, answer, born, anothersAnswer) => {
  const owner = { pid: PID, born, host: hostname() };

  test('a screen that looks every second asks once in ten, and not at all about a process that gives signs of life', () => {
    const system = new RecordedSystem(platform, answer);
    const identities = new ProcessIdentities(system);
    for (; system.time < 60_000; system.time += 1_000) {
      expect(identities.check(owner)).toBe('same');
      for (const tell of system.later.splice(0)) tell();
    }
    expect(system.asked).toHaveLength(6);
    for (; system.time < 120_000; system.time += 1_000) expect(identities.check(owner, 'if-silent')).toBe('same');
    expect(system.asked).toHaveLength(6);
    system.isThere = false;
    expect(identities.check(owner, 'if-silent')).toBe('gone');
  });

  test('a screen waits at its first look only, however slow the system answers', () => {
    const system = new RecordedSystem(platform, answer);
    const identities = new ProcessIdentities(system);
    expect(identities.check(owner)).toBe('same');
    expect(system.waits).toBe(1);
    system.time = 10_000;
    for (; system.time < 50_000; system.time += 1_000) expect(identities.check(owner)).toBe('same');
    // Asked once more, and not again while that has not been answered.
    expect(system.asked).toHaveLength(2);
    expect(system.waits).toBe(1);
    for (const tell of system.later.splice(0)) tell();
    for (; system.time < 55_000; system.time += 1_000) expect(identities.check(owner)).toBe('same');
    expect(system.asked).toHaveLength(2);
    // After a minute without an answer it is no longer good enough.
    system.time += 120_000;
    expect(identities.check(owner)).toBe('same');
    expect(system.waits).toBe(2);
  });

  test('another process with the number is noticed at the look after ten seconds', () => {
    const system = new RecordedSystem(platform, answer);
    const identities = new ProcessIdentities(system);
    expect(identities.check(owner)).toBe('same');
    system.answer = anothersAnswer;
    system.time += 10_000;
    expect(identities.check(owner)).toBe('same');
    for (const tell of system.later.splice(0)) tell();
    expect(identities.check(owner)).toBe('gone');
  });

  test('its own identity is asked for once', () => {
    const system = new RecordedSystem(platform, answer);
    const identities = new ProcessIdentities(system);
    for (let i = 0; i < 5; i++)
      expect(identities.of(process.pid)).toEqual({ pid: process.pid, born, host: hostname() });
    expect(system.asked).toHaveLength(1);
  });
});

test(
  '`cancel` ends no process of which it cannot verify that it is the one that works on the run, and says so',
  {
    timeout: 60_000,
  },
  async () => {
    const project = new Project({ 'flow.ts': Project.workflow(`cronflow.define({ id: 'one' }).step('do', () => 1);`) });
    expect(await project.cli(['run', 'flow.ts'])).toMatchObject({ code: 0 });
    const bystander = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    onTestFinished(() => void bystander.kill('SIGKILL'));
    await once(bystander, 'spawn');
    const { pid = 0 } = bystander;
    const db = openStore(project.storeFile, { mode: 'write' });
    db.prepare(`update runs set status = 'running', ended_at = null`).run();
    db.prepare(`insert into leases (run, owner, pid, born, host, heartbeat) values (1, 'somebody', ?, null, ?, ?)`).run(
      pid,
      hostname(),
      Date.now(),
    );
    // It gives signs of life, and does not do what it is asked.
    const beat = db.prepare('update leases set heartbeat = heartbeat + 1');
    const beating = setInterval(() => beat.run(), 500);
    const cancelled = await project.cli(['cancel', '1']);
    clearInterval(beating);
    db.close();
    expect(cancelled).toMatchObject({ code: 2, stdout: '' });
    expect(cancelled.stderr).toContain(`Run 1 is held by process ${pid} on ${hostname()}, which does not answer.`);
    expect(cancelled.stderr).toContain('so it did not end it');
    expect(isRunning(pid)).toBe(true);
  },
);
