import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Machines, signal } from './machines.ts';
import { overServers } from './over-servers.ts';

/* What becomes of a run with workers on other machines when the process that decides is in trouble. */

overServers('the process of the run in trouble', (server, kind) => {
  test('one that is killed is taken up by `resume --queue`: what was in flight is repeated, and nothing else', async () => {
    const machines = new Machines(server());
    await Promise.all([machines.join(), machines.join()]);
    for (let kill = 0; kill < 2; kill++) {
      const run = machines.run(kill === 0 ? 'run' : 'resume');
      await machines.begun('two', 8 + kill * 14);
      signal(await machines.runner(), 'SIGKILL');
      expect((await run.done).summary.status).toBe('interrupted');
    }
    const resumedAt = machines.now;
    const ended = await machines.run('resume').done;
    expect(machines.check(ended)).toBeLessThanOrEqual(2 * 16);
    // Workers do not wait for the processes that are gone.
    const first = machines.noted.find(({ at }) => at > resumedAt + 500);
    expect((first?.at ?? Infinity) - resumedAt).toBeLessThan(20_000);
  });

  test('one that is stopped for ten seconds loses no worker, and repeats nothing', async () => {
    const machines = new Machines(server());
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('two', 8);
    const runner = await machines.runner();
    signal(runner, 'SIGSTOP');
    await delay(10_000);
    signal(runner, 'SIGCONT');
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
    expect(ended.stdout).not.toContain('is lost');
  });

  test('a second one does not get the run as long as the first lives', async () => {
    const machines = new Machines(server());
    await machines.join();
    machines.hold();
    const run = machines.run();
    await machines.begun('two', 4);
    const second = await machines.run('resume').done;
    expect(second.code).not.toBe(0);
    expect(second.summary.message).toMatch(/is being worked on|is running/);
    machines.letGo();
    expect(machines.check(await run.done)).toBe(0);
  });

  // The disk is the same, whatever the server.
  test.runIf(kind === 'redis')(
    'one whose disk is full interrupts the run; with room again it goes on',
    async ({ skip }) => {
      const machines = new Machines(server());
      const folder = machines.project.path('.cronflow');
      mkdirSync(folder);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
      } catch {
        return skip('needs the right to mount');
      }
      onTestFinished(() => {
        execFileSync('umount', ['-l', folder]);
      });
      await Promise.all([machines.join(), machines.join()]);
      const run = machines.run();
      await machines.begun('two', 8);
      fill(machines.project.path('.cronflow', 'filler'));
      const ended = await run.done;
      expect(ended.summary).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('is full') });
      rmSync(machines.project.path('.cronflow', 'filler'));
      expect(machines.check(await machines.run('resume').done)).toBeLessThanOrEqual(16);
    },
  );
});

/** Takes all the room that is left. */
function fill(file: string): void {
  for (let size = 4_096; size >= 1; size /= 2) {
    try {
      for (;;) writeFileSync(file, 'x'.repeat(size * 1024), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
