import { expect, test } from 'vitest';
import { Machines, signal } from './machines.ts';
import { overServers, TAKEN_OVER_WITHIN_MS } from './over-servers.ts';

/* Workers that are not as they should be. */

const DAY_MS = 86_400_000;

overServers('odd machines', (server, kind) => {
  test('a worker with other code gets nothing to do, and the run says why it waits', async () => {
    const machines = new Machines(server(), { batches: 8 });
    const other = await machines.join({ edit: text => `${text}\n// edited` });
    const run = machines.run();
    await run.says('other code');
    expect(machines.noted).toEqual([]);
    await machines.join();
    expect(machines.check(await run.done)).toBe(0);
    expect(machines.noted.some(({ host }) => host === other.pid)).toBe(false);
  });

  test('a batch of two megabytes is refused in words, and the run goes on', async () => {
    const machines = new Machines(server(), { batches: 2, itemChars: 2_000_000 });
    await machines.join();
    const { summary } = await machines.run().done;
    expect(summary.status).toBe('failed');
    expect(JSON.stringify(summary)).toMatch(/Its items are 19\d\d KiB, and .* at most 256 KiB/);
  });

  test.for([-1, 1])(
    'a clock that is a day off (%i) changes nothing: not who is alive, and not when something was',
    async days => {
      const machines = new Machines(server());
      const before = Date.now();
      const odd = await machines.join({ clockOff: days * DAY_MS });
      await machines.join({ concurrency: 10 });
      const run = machines.run();
      await machines.begun('two', 12);
      if (days > 0) {
        // Also when it dies.
        const had = machines.inFlightOf(odd.pid);
        const killedAt = machines.now;
        signal(odd.pid, 'SIGKILL');
        if (had.size > 0)
          expect(await machines.takenOver(had, killedAt, odd.pid)).toBeLessThan(TAKEN_OVER_WITHIN_MS + 2_000);
        expect(machines.check(await run.done)).toBeLessThanOrEqual(had.size + 8);
      } else expect(machines.check(await run.done)).toBe(0);
      expect(machines.noted.some(({ host }) => host === odd.pid)).toBe(true);
      const [{ first, last }] = machines.project.rows(
        'select min(started_at) as first, max(ended_at) as last from steps',
      ) as [{ first: number; last: number }];
      expect(first).toBeGreaterThan(before - 2_000);
      expect(last).toBeLessThan(Date.now() + 2_000);
    },
  );

  test('a hundred kilobytes a batch, and as much of results, come through', async () => {
    const machines = new Machines(server(), { batches: kind === 'redis' ? 40 : 20, itemChars: 100_000 });
    await Promise.all([machines.join(), machines.join(), machines.join()]);
    expect(machines.check(await machines.run().done)).toBe(0);
  });
});
