import { expect, test } from 'vitest';
import { openDirectory } from '../../engine/remote/bullmq/directory.ts';
import type { Directory, WorkerCard } from '../../engine/remote/directory.ts';
import { Jobs } from './jobs.ts';

/* Cards of workers that are gone, on a clock of the test's own. What a real server does with them is in bullmq.process.test.ts. */

const SECRET = 'a secret of this test';

class Stage {
  readonly queue = new Jobs();
  readonly cleared: string[] = [];
  seconds = 0;

  directory(secret = SECRET): Directory {
    return openDirectory(this.queue, {
      secret,
      now: () => this.seconds * 1_000,
      clear: async address => void this.cleared.push(address),
    });
  }
}

function card(address: string, beat: number): WorkerCard {
  return {
    address,
    beat,
    protocol: 1,
    host: 'here',
    pid: 7,
    startedAt: 0,
    workflows: [],
    concurrency: 1,
    inFlight: 0,
    stepsPerSecond: 0,
    memoryBytes: 1,
    isDraining: false,
  };
}

const addresses = async (directory: Directory) => (await directory.list()).map(({ address }) => address);

test('a card that has not changed for a minute is removed, and the mailbox of its worker cleared; one that is renewed stays', async () => {
  const stage = new Stage();
  const [worker, run] = [stage.directory(), stage.directory()];
  await worker.announce(card('killed', 1));
  await worker.announce(card('alive', 1));
  expect(await addresses(run)).toEqual(['killed', 'alive']);
  for (stage.seconds = 1; stage.seconds < 60; stage.seconds++) {
    await worker.announce(card('alive', 1 + stage.seconds));
    expect(await addresses(run)).toEqual(['killed', 'alive']);
  }
  expect(stage.cleared).toEqual([]);
  await worker.announce(card('alive', 100));
  expect(await addresses(run)).toEqual(['alive']);
  expect([...stage.queue.jobs.keys()]).toEqual(['alive']);
  expect(stage.cleared).toEqual(['killed']);
});

test('a process that looks rarely, or was stopped for long, takes no worker for gone before it has looked often enough', async () => {
  const stage = new Stage();
  const [worker, run] = [stage.directory(), stage.directory()];
  await worker.announce(card('asleep as well', 1));
  await run.list();
  // Of the hour between two looks, five seconds count.
  for (let look = 1; look < 12; look++) {
    stage.seconds += 3_600;
    expect(await addresses(run)).toEqual(['asleep as well']);
  }
  stage.seconds += 3_600;
  expect(await addresses(run)).toEqual([]);
});

test('a card of another secret that is left behind is removed, and no mailbox is cleared for it', async () => {
  const stage = new Stage();
  const run = stage.directory();
  await stage.directory('the secret of others').announce(card('stranger', 1));
  await run.list();
  for (stage.seconds = 1; stage.seconds <= 60; stage.seconds++) expect(await addresses(run)).toEqual([]);
  expect(stage.queue.jobs.size).toBe(0);
  expect(stage.cleared).toEqual([]);
});
