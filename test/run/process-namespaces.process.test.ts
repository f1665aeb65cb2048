import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { BIN, eventually, isRunning } from '../support/cli.ts';
import { cleanEnvironment } from '../support/call.ts';
import { afterEachFile } from '../support/cleaning.ts';
import { IN_CONTAINER } from '../support/container.ts';
import { Project } from '../support/project.ts';

/*
 * Containers with one host name that share a store on a volume: each counts its processes from 1, and none sees those
 * of the other. Where the system lets nobody make such a place (`unshare`), owner-watch.test.ts tells them apart by
 * answers made up.
 */

const isAllowed = IN_CONTAINER !== undefined;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const children: ChildProcess[] = [];
afterEachFile(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs a command of cronflow in a container of its own. */
function inContainer(
  project: Project,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const [file = '', ...options] = IN_CONTAINER ?? [];
  const child = spawn(file, [...options, process.execPath, BIN, ...args], {
    cwd: project.folder,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })) };
}

const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
cronflow.define({ id: 'letters' }).forEach('letter', Array.from({ length: 8 }, (_, n) => n), (n: any, flow: any) => {
  flow.step('send', async () => {
    note(n);
    while (n >= 4 && !existsSync(new URL('./go', import.meta.url))) await sleep(50);
    return n;
  });
}, { concurrency: 2 });`);

describe.skipIf(!isAllowed)('a run that is worked on in another container', () => {
  async function begun() {
    const project = new Project({ 'flow.ts': FLOW });
    const first = inContainer(project, ['run', 'flow.ts']);
    await eventually('it waits in the middle', () => project.ledger().length >= 6);
    return { project, first };
  }

  test('is not taken from it: neither from a container beside it, nor from outside', async () => {
    const { project, first } = await begun();
    const { pid, host } = project.rows('select pid, host from leases')[0];
    expect(host).toBe(hostname());
    const [beside, outside, status] = await Promise.all([
      inContainer(project, ['resume', '1']).ended,
      project.cli(['resume', '1']),
      project.cli(['runs', '--json']),
    ]);
    const taken = `Run 1 is being worked on by process ${pid} on ${host}.`;
    expect(beside).toMatchObject({ code: 2, output: expect.stringContaining(taken) });
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringContaining(taken) });
    expect(status.stdout).toContain('"status":"running"');
    project.write('go', '');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(project.ledger().toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('can be taken when that is gone, once it has given no sign of life for 30 seconds', async () => {
    const { project, first } = await begun();
    first.child.kill('SIGKILL');
    await first.ended;
    project.write('go', '');
    const resumed = await inContainer(project, ['resume', '1']).ended;
    expect(resumed).toMatchObject({
      code: 0,
      output: expect.stringContaining('waiting up to 30 s for a sign of life'),
    });
    expect(new Set(project.ledger())).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    // What was in flight is done again, and nothing else is.
    expect(project.ledger()).toHaveLength(10);
  });

  test.concurrent.each(['taking-up:1', 'after-commit:4', 'in-transaction:6', 'before-end:1'])(
    'killed there at %s, is taken up by one of three that want it, from two containers and from outside',
    async point => {
      const project = new Project({ 'flow.ts': FLOW, go: '' });
      expect(await inContainer(project, ['run', 'flow.ts'], { CRONFLOW_CRASH_AT: point }).ended).not.toMatchObject({
        code: 0,
      });
      const before = project.ledger();
      // A run that was never committed is not there to be resumed.
      const first = project.rows('select id from runs').length === 0 ? ['run', 'flow.ts'] : ['resume', '1'];
      const taken = await Promise.all([
        inContainer(project, first).ended,
        ...(first[0] === 'run'
          ? []
          : [
              inContainer(project, first).ended,
              project.cli(first).then(({ code, stderr }): Ended => ({ code, output: stderr })),
            ]),
      ]);
      const [done, ...refused] = taken.toSorted((a, b) => (a.code ?? 9) - (b.code ?? 9));
      expect(done).toMatchObject({ code: 0 });
      for (const { code, output } of refused) {
        expect(code).toBe(2);
        expect(output).toMatch(/Run 1 (is being worked on by process \d+|has completed)/);
      }
      expect(new Set(project.ledger())).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
      // At most what was in flight is done again.
      expect(project.ledger().length).toBeLessThanOrEqual(8 + Math.min(2, before.length));
    },
  );

  test('that is paused for so long finds out, when it goes on, that the run was taken, and writes nothing', async () => {
    const { project, first } = await begun();
    const { pid: unshared = 0 } = first.child;
    const inside = processesBelow(unshared);
    expect(inside.length).toBeGreaterThan(1);
    for (const pid of inside) process.kill(pid, 'SIGSTOP');
    const second = inContainer(project, ['resume', '1']);
    await expect.poll(() => project.ledger().length, { timeout: 100_000 }).toBe(8);
    for (const pid of inside) process.kill(pid, 'SIGCONT');
    const lost = await first.ended;
    expect(lost.code).toBe(3);
    expect(lost.output).toMatch(/Run 1 was taken by process \d+ on .+, while this one gave no sign of life\./);
    expect(project.rows('select status from runs')).toEqual([{ status: 'running' }]);
    project.write('go', '');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(project.rows('select outcome from sessions order by session')).toEqual([
      { outcome: 'interrupted' },
      { outcome: 'completed' },
    ]);
    expect(inside.filter(isRunning)).toEqual([]);
  });
});

test.skipIf(isAllowed)('was not tried with containers: this system lets nobody make one (unshare)', () => {
  expect(isAllowed).toBe(false);
});

/** Their numbers as seen from outside. */
function processesBelow(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  const children = stdout.split('\n').map(Number).filter(Boolean);
  return children.flatMap(child => [child, ...processesBelow(child)]);
}
