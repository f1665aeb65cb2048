import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { OpenQueue } from '../../engine/remote/bullmq/open-queue.ts';
import type { WorkerCard } from '../../engine/remote/directory.ts';
import {
  SERVER_KINDS,
  sayWhatIsSkipped,
  startServer,
  whyNoServer,
  type ServerForTest,
} from '../support/servers/queue-servers.ts';
import { mailbox, mailboxesOnRecord, open } from './queues.ts';

/* Mailboxes and the directory of workers, on real servers. */

sayWhatIsSkipped('mailboxes and the directory of workers');

function card(change: Partial<WorkerCard> = {}): WorkerCard {
  return {
    address: randomUUID(),
    beat: 1,
    protocol: 1,
    host: 'here',
    pid: 7,
    startedAt: 0,
    workflows: [{ workflow: 'films', code: 'abc' }],
    concurrency: 8,
    inFlight: 0,
    stepsPerSecond: 0,
    memoryBytes: 1,
    isDraining: false,
    ...change,
  };
}

describe.for(SERVER_KINDS)('over %s', kind => {
  describe.skipIf(whyNoServer[kind] !== undefined)('with a real server', () => {
    let server: ServerForTest;
    beforeAll(async () => {
      server = await startServer(kind);
    });
    afterAll(async () => {
      await server?.close();
    });

    test('letters come to whom they are sent, whatever stands in them', async () => {
      const [one, other] = [await open(server), await open(server)];
      const [from, to, third] = [await mailbox(one), await mailbox(other), await mailbox(other)];
      const letters = ['a', '{"a":"\\u0000 \\ud800"}', '⁂ 中文 🎬', 'x'.repeat(512 * 1024)];
      for (const letter of letters) await from.post(to.address, letter);
      await expect.poll(() => to.letters.toSorted()).toEqual(letters.toSorted());
      expect(third.letters).toEqual([]);
      expect(from.letters).toEqual([]);
    });

    test('a process gets what it sends to itself', async () => {
      const box = await mailbox(await open(server));
      await box.post(box.address, 'to myself');
      await expect.poll(() => box.letters).toEqual(['to myself']);
    });

    test('letters sent at the same time all come', async () => {
      const queue = await open(server);
      const [from, to] = [await mailbox(queue), await mailbox(queue)];
      const sent = Array.from({ length: 300 }, (_, at) => `letter ${at}`);
      await Promise.all(sent.map(letter => from.post(to.address, letter)));
      await expect.poll(() => to.letters.length).toBe(sent.length);
      expect(new Set(to.letters)).toEqual(new Set(sent));
    });

    test('goes on after the server was killed, and says that it was away', async () => {
      const queue = await open(server);
      const [from, to] = [await mailbox(queue), await mailbox(queue)];
      await from.post(to.address, 'before');
      await expect.poll(() => to.letters).toEqual(['before']);
      await server.kill();
      const posted = from.post(to.address, 'while it is away');
      await expect.poll(() => queue.states.at(-1)).toBe('away');
      await server.start();
      await posted;
      await from.post(to.address, 'after');
      await expect.poll(() => to.letters).toContain('after');
      expect(to.letters).toContain('while it is away');
      expect(queue.states).toEqual(['connected', 'away', 'connected']);
    });

    test('can be closed as soon as it was opened', async () => {
      const queue = await open(server);
      for (let round = 0; round < 5; round += 1) await (await queue.openMailbox(randomUUID(), () => {})).close();
      const before = performance.now();
      await queue.close();
      // It would wait for a connection that somebody still reads from.
      expect(performance.now() - before).toBeLessThan(900);
    });

    test('what is left in a mailbox can be cleared', async () => {
      const queue = await open(server);
      const box = await mailbox(queue);
      const gone = randomUUID();
      await box.post(gone, 'to nobody');
      await queue.clearMailbox(gone);
      const letters: string[] = [];
      const late = await queue.openMailbox(gone, letter => letters.push(letter));
      onTestFinished(() => late.close());
      await late.post(gone, 'to somebody');
      await expect.poll(() => letters).toEqual(['to somebody']);
    });

    test('workers are found by their cards, renewed and withdrawn', async () => {
      const [worker, run] = [await open(server), await open(server)];
      const [mine, other] = [card(), card({ host: 'there' })];
      await worker.directory.announce(mine);
      await worker.directory.announce(other);
      expect(await sorted(run)).toEqual([mine, other].map(at => at.address).sort());
      await worker.directory.announce({ ...mine, beat: 2, inFlight: 3 });
      const renewed = (await run.directory.list()).find(at => at.address === mine.address);
      expect(renewed).toEqual({ ...mine, beat: 2, inFlight: 3 });
      await worker.directory.withdraw(mine.address);
      expect(await sorted(run)).toEqual([other.address]);
      await worker.directory.withdraw(other.address);
    });

    test('a card comes back after the server has lost all it had', async () => {
      const queue = await open(server);
      const mine = card();
      await queue.directory.announce(mine);
      await server.empty();
      expect(await queue.directory.list()).toEqual([]);
      await queue.directory.announce({ ...mine, beat: 2 });
      await queue.directory.announce({ ...mine, beat: 3 });
      expect(await queue.directory.list()).toEqual([{ ...mine, beat: 3 }]);
      await queue.directory.withdraw(mine.address);
    });

    test('what a killed worker leaves, its card and the letters to it, is removed when its card has not changed for a minute', async () => {
      const [worker, run] = [await open(server), await open(server)];
      const gone = card();
      await worker.directory.announce(gone);
      const box = await mailbox(run);
      await box.post(gone.address, 'to nobody');
      const now = performance.now.bind(performance);
      let ahead = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
      onTestFinished(() => clock.mockRestore());
      // A look counts five seconds at most.
      for (; ahead < 60_000; ahead += 5_000) expect(await sorted(run)).toContain(gone.address);
      expect(await sorted(run)).not.toContain(gone.address);
      clock.mockRestore();
      const letters: string[] = [];
      const late = await worker.openMailbox(gone.address, letter => letters.push(letter));
      onTestFinished(() => late.close());
      await late.post(gone.address, 'to somebody');
      await expect.poll(() => letters).toEqual(['to somebody']);
    });

    test('what was left in a mailbox of which nothing was said for an hour is removed by whoever opens one later', async () => {
      const queue = await open(server);
      const [record, box] = [await mailboxesOnRecord(server), await mailbox(queue)];
      const [gone, killed, recent] = [randomUUID(), card(), randomUUID()];
      for (const address of [gone, killed.address, recent]) await box.post(address, 'to nobody');
      await queue.directory.announce(killed);
      await record.wasLongAgo(gone);
      await record.wasLongAgo(killed.address);
      await expect.poll(() => record.has(box.address)).toBe(true);
      const later = await mailbox(await open(server));
      await expect.poll(() => record.has(gone)).toBe(false);
      await expect.poll(() => record.has(killed.address)).toBe(false);
      expect(await sorted(queue)).not.toContain(killed.address);
      for (const address of [gone, killed.address, recent]) {
        const letters: string[] = [];
        const late = await queue.openMailbox(address, letter => letters.push(letter));
        onTestFinished(() => late.close());
        await late.post(address, 'to somebody');
        await expect.poll(() => letters).toContain('to somebody');
        expect(letters.includes('to nobody')).toBe(address === recent);
      }
      await later.close();
      expect(await record.has(later.address)).toBe(false);
    });

    test('a mailbox that is removed while it is read goes on', async () => {
      const queue = await open(server);
      const [record, box, other] = [await mailboxesOnRecord(server), await mailbox(queue), await mailbox(queue)];
      await expect.poll(() => record.has(box.address)).toBe(true);
      for (let round = 0; round < 3; round += 1) {
        await record.wasLongAgo(box.address);
        const sweeper = await mailbox(await open(server));
        await expect.poll(() => record.has(box.address)).toBe(false);
        await other.post(box.address, `after ${round}`);
        await expect.poll(() => box.letters).toContain(`after ${round}`);
        await sweeper.close();
      }
    });

    test('a card with another secret is none', async () => {
      const [stranger, run] = [await open(server, 'another secret, as long'), await open(server)];
      await stranger.directory.announce(card());
      expect(await run.directory.list()).toEqual([]);
      expect(await stranger.directory.list()).toHaveLength(1);
    });

    async function sorted(queue: OpenQueue): Promise<string[]> {
      return (await queue.directory.list()).map(({ address }) => address).sort();
    }
  });
});
