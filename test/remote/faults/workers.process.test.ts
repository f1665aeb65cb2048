import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomOf } from '../../support/random.ts';
import { Machines, signal } from './machines.ts';
import { overServers, TAKEN_OVER_WITHIN_MS } from './over-servers.ts';

/* What becomes of a run when workers on other machines die, are stopped, or come back. */

overServers('workers in trouble', server => {
  test('one that is killed loses nothing: others take its batches over within six seconds', async () => {
    const machines = new Machines(server());
    await Promise.all([machines.join(), machines.join(), machines.join()]);
    machines.hold();
    const run = machines.run();
    await machines.begun('two', 16);
    const victim = machines.busiest;
    const had = machines.inFlightOf(victim.pid);
    const killedAt = machines.now;
    signal(victim.pid, 'SIGKILL');
    expect(await machines.takenOver(had, killedAt, victim.pid)).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    machines.letGo();
    expect(machines.check(await run.done)).toBeLessThanOrEqual(had.size);
  });

  test('one whose process for the code is killed says so at once, and goes on with another', async () => {
    const machines = new Machines(server());
    const worker = await machines.join({ concurrency: 4 });
    machines.hold();
    const run = machines.run();
    await machines.begun('two', 4);
    const [, code = 0] = machines.processesOf(worker);
    const had = machines.inFlightOf(worker.pid);
    const killedAt = machines.now;
    signal(code, 'SIGKILL');
    expect(await machines.takenOver(had, killedAt)).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    machines.letGo();
    const ended = await run.done;
    expect(machines.check(ended)).toBeLessThanOrEqual(4);
    expect(ended.stdout).toContain('SIGKILL');
    expect(machines.processesOf(worker)).toHaveLength(3);
  });

  test('all of them killed, the run waits for a new one, and says so', async () => {
    const machines = new Machines(server());
    const workers = await Promise.all([machines.join(), machines.join()]);
    machines.hold();
    const run = machines.run();
    await machines.begun('two', 16);
    for (const { pid } of workers) signal(pid, 'SIGKILL');
    await run.says('waits for a worker');
    const came = machines.now;
    await machines.join({ concurrency: 16 });
    machines.letGo();
    expect(machines.check(await run.done)).toBeLessThanOrEqual(16);
    expect(machines.noted.filter(({ at }) => at > came).length).toBeGreaterThan(40);
  });

  test('one that is killed and started again at once is another one', async () => {
    const machines = new Machines(server());
    await machines.join({ concurrency: 6 });
    machines.hold();
    const run = machines.run();
    await machines.begun('two', 6);
    signal(machines.busiest.pid, 'SIGKILL');
    await machines.join({ concurrency: 6 });
    machines.letGo();
    expect(machines.check(await run.done)).toBeLessThanOrEqual(6);
  });

  test('one that dies before it has told anything of its batches loses none of them', async () => {
    const machines = new Machines(server(), { stepMs: 2_000, batches: 12, concurrency: 8 });
    await machines.join({ concurrency: 8 });
    const run = machines.run();
    await machines.begun('one', 1);
    const victim = machines.busiest;
    const killedAt = machines.now;
    signal(victim.pid, 'SIGKILL');
    await machines.join({ concurrency: 8 });
    const all = new Set(Array.from({ length: 12 }, (_, index) => index));
    expect(await machines.takenOver(all, killedAt, victim.pid)).toBeLessThan(TAKEN_OVER_WITHIN_MS + 2_000);
    expect(machines.check(await run.done)).toBeLessThanOrEqual(8);
  });

  test('one that was stopped for long changes nothing when it goes on', async () => {
    const machines = new Machines(server(), { batches: 60 });
    await Promise.all([machines.join(), machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('two', 10);
    const victim = machines.busiest;
    machines.stop(victim);
    const had = machines.inFlightOf(victim.pid);
    const stoppedAt = machines.now;
    if (had.size > 0) await machines.takenOver(had, stoppedAt, victim.pid);
    await delay(Math.max(0, 8_000 - (machines.now - stoppedAt)));
    const wentOn = machines.now;
    machines.goOn(victim);
    expect(machines.check(await run.done)).toBeLessThanOrEqual(had.size + 8);
    // Its session with the run is over: what it still does is in vain, and soon ends.
    await delay(2_000);
    const late = machines.noted.filter(({ at, host }) => host === victim.pid && at > wentOn + 2_000);
    expect(late.filter(({ item }) => had.has(item))).toEqual([]);
  });

  test('four of them, killed and stopped at random, lose nothing and count nothing twice', async () => {
    const machines = new Machines(server(), { batches: 150, concurrency: 24 });
    const random = randomOf(server().url.length);
    await Promise.all(Array.from({ length: 4 }, () => machines.join()));
    const run = machines.run();
    await machines.begun('one', 20);
    const goingOn: Promise<void>[] = [];
    let lost = 0;
    for (let fault = 0; fault < 5; fault++) {
      await delay(500 + random() * 1_000);
      const victim = machines.busiest;
      lost += machines.inFlightOf(victim.pid).size + 8;
      if (random() < 0.6) signal(victim.pid, 'SIGKILL');
      else {
        machines.stop(victim);
        goingOn.push(delay(5_000).then(() => machines.goOn(victim)));
      }
      await machines.join();
    }
    const ended = await run.done;
    await Promise.all(goingOn);
    expect(machines.check(ended)).toBeLessThanOrEqual(lost);
  });
});
