import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openQueue } from '../../../engine/remote/bullmq/open-queue.ts';
import { givenQueue, takeQueueEnvironment } from '../../../engine/remote/queue-settings.ts';
import { startRedis, whyNoRedis } from '../../support/servers/redis.ts';
import { mailbox, mailboxesOnRecord, open } from '../queues.ts';
import { CAN_BE_TOLD, Machines, SECRET, signal } from './machines.ts';
import { overServers } from './over-servers.ts';
import { wayTo } from './proxy.ts';

/* What becomes of a run with workers on other machines when the server between them, or a way to it, is in trouble. */

overServers('the server in trouble', server => {
  test('one that is killed and comes back with what it had makes nobody lost', async () => {
    const machines = new Machines(server());
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('two', 8);
    await server().kill();
    await delay(5_000);
    await server().start();
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
    expect(ended.stdout).not.toContain('is lost');
  });

  test('one that loses all it has, again and again, loses nothing of the run', async () => {
    const machines = new Machines(server(), { batches: 60 });
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('one', 8);
    for (let time = 0; time < 6; time++) {
      await server().empty();
      await delay(400);
    }
    expect(machines.check(await run.done)).toBe(0);
  });

  test('letters that somebody takes out of it are sent again', async () => {
    const machines = new Machines(server());
    const worker = await machines.join();
    const { address } = JSON.parse(worker.stdout.split('\n')[0] ?? '') as { address: string };
    const settings = givenQueue(server().url, takeQueueEnvironment({ CRONFLOW_QUEUE_SECRET: SECRET }));
    if (!settings) throw new Error('There are no settings.');
    const queue = await openQueue(settings, { folder: import.meta.dirname });
    onTestFinished(() => queue.close());
    const run = machines.run();
    await machines.begun('one', 1);
    for (let time = 0; time < 25; time++) {
      await queue.clearMailbox(address);
      await delay(60);
    }
    expect(machines.check(await run.done)).toBe(0);
  });

  test('the mailbox of a run that is removed as one of a killed run, while it lives and while it is stopped, costs nothing', async () => {
    const machines = new Machines(server(), { batches: 60 });
    const worker = await machines.join();
    await machines.join();
    const record = await mailboxesOnRecord(server(), SECRET);
    const run = machines.run();
    await worker.says('"run-begins"');
    const [, address = ''] = /"run-begins".*"from":"([^"]+)"/.exec(worker.stdout) ?? [];
    const remove = async () => {
      await record.wasLongAgo(address);
      // Who comes later sweeps.
      await mailbox(await open(server(), SECRET));
      await expect.poll(() => record.has(address)).toBe(false);
    };
    await machines.begun('two', 4);
    for (let time = 0; time < 3; time++) await remove();
    const runner = await machines.runner();
    signal(runner, 'SIGSTOP');
    await remove();
    await delay(4_000);
    await remove();
    signal(runner, 'SIGCONT');
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
    expect(ended.stdout).not.toContain('is lost');
  });

  test('what a killed run has left in the queue is removed by a worker that comes an hour later', async () => {
    const machines = new Machines(server());
    const worker = await machines.join();
    const record = await mailboxesOnRecord(server(), SECRET);
    const run = machines.run();
    await machines.begun('two', 4);
    const [, address = ''] = /"run-begins".*"from":"([^"]+)"/.exec(worker.stdout) ?? [];
    signal(await machines.runner(), 'SIGKILL');
    await run.done;
    expect(await record.has(address)).toBe(true);
    await record.wasLongAgo(address);
    await machines.join();
    await expect.poll(() => record.has(address)).toBe(false);
    expect(machines.check(await machines.run('resume').done)).toBeLessThanOrEqual(16);
  });

  test.for(['cut', 'silence'] as const)(
    'a worker whose way to it is lost (%s) is replaced, and comes back later',
    async how => {
      const machines = new Machines(server(), { batches: 60 });
      const way = await wayTo(server().url);
      const cutOff = await machines.join({ url: way.url });
      await machines.join();
      machines.hold();
      const run = machines.run();
      await machines.begun('two', 16);
      const had = machines.inFlightOf(cutOff.pid);
      expect(had.size).toBeGreaterThan(0);
      const cutAt = machines.now;
      way[how]();
      // Those at the other worker have to end, to make room.
      await run.says('is lost');
      machines.letGo();
      expect(await machines.takenOver(had, cutAt, cutOff.pid)).toBeLessThan(20_000);
      way.mend();
      expect(machines.check(await run.done)).toBeLessThanOrEqual(had.size * 2);
    },
  );

  test('a run whose own way to it is lost loses no worker, and goes on when it is back', async () => {
    const machines = new Machines(server());
    const way = await wayTo(server().url);
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run('run', { url: way.url });
    await machines.begun('two', 8);
    way.cut();
    await delay(8_000);
    way.mend();
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
    expect(ended.stdout).not.toContain('is lost');
  });

  test('one that answers nothing for ten seconds makes nobody lost', async () => {
    const machines = new Machines(server());
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('two', 8);
    server().freeze();
    await delay(10_000);
    server().thaw();
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
  });
});

describe.skipIf(whyNoRedis !== undefined || !CAN_BE_TOLD)('Redis that writes nothing to its disk', () => {
  test('comes back empty after a kill, and nothing of the run is lost', async () => {
    const server = await startRedis({ isKept: false });
    onTestFinished(() => server.close());
    const machines = new Machines(server);
    await Promise.all([machines.join(), machines.join()]);
    const run = machines.run();
    await machines.begun('two', 8);
    await server.kill();
    await delay(2_000);
    await server.startEmpty();
    const ended = await run.done;
    expect(machines.check(ended)).toBe(0);
    expect(ended.stdout).not.toContain('is lost');
  });
});
