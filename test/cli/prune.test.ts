import { describe, expect, test } from 'vitest';
import { sharedCounts, writeShared } from '../../engine/store/shared-state.ts';
import { prunePolicy } from '../../engine/store/store-policies.ts';
import { inProcess } from '../support/in-process.ts';
import { Bench, workflow } from '../support/runs.ts';

const flow = (id: string) => workflow(start => start.step('one', () => 1), { id });

async function stored(...workflows: string[]) {
  const bench = new Bench();
  for (const id of workflows) await bench.run(flow(id));
  const cli = (...args: string[]) => inProcess(...args, '--store', bench.file);
  const events = async (...args: string[]) =>
    (await cli(...args, '--json')).stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
  return { bench, cli, events };
}

describe('cronflow prune', () => {
  test('says what would go and why the others stay, then does just that', async () => {
    const { cli, events } = await stored('films', 'films', 'films', 'tolls');
    const planned = await cli('prune', '--keep', '1', '--dry-run');
    expect(planned.stdout).toMatch(
      /^2 runs would be deleted: about \d+ KB\.\n {10}2 {2}films\n2 runs stay:\n {10}2 {2}among the newest of their workflow\n$/,
    );
    expect(await events('prune', '--keep', '1', '--dry-run')).toEqual(
      ['1', '2'].map(run => ({ event: 'prunable', run, workflow: 'films' })),
    );
    expect((await cli('prune', '--keep', '1')).stdout).toMatch(
      /^2 runs deleted: the store takes \d+ KB, and took \d+ KB\.\n/,
    );
    expect((await events('runs')).map(({ run }) => run)).toEqual(['4', '3']);
    expect((await cli('prune', '--older-than', '30d')).stdout).toMatch(
      /^No run is to be deleted\.\n2 runs stay:\n.*not old enough\n$/,
    );
  });

  test('as JSON lines, each run and what it came to', async () => {
    const { events } = await stored('films', 'films');
    expect(await events('prune', '--keep', '1')).toEqual([
      { event: 'deleted', run: '1', workflow: 'films' },
      {
        event: 'pruned',
        runs: 1,
        values: 0,
        bytesBefore: expect.any(Number) as number,
        bytes: expect.any(Number) as number,
        freeBytes: 0,
      },
    ]);
  });

  test('deletes values of the shared state whose time is over, and no others', async () => {
    const { bench, cli, events } = await stored('films');
    const keep = (key: string, expiresAt: number | null) =>
      writeShared(bench.db, { op: 'set', workflow: '', key, value: '1', expiresAt, at: 0 }, null);
    keep('over', 1);
    keep('also over', 2);
    keep('for ever', null);
    keep('for an hour', Date.now() + 3_600_000);
    expect((await cli('prune', '--keep', '9', '--dry-run')).stdout).toContain(
      '2 values of the shared state would be deleted: the time is over.\n',
    );
    expect(sharedCounts(bench.db, Date.now())).toEqual([{ workflow: '', keys: 4, expired: 2 }]);
    expect((await cli('prune', '--keep', '9')).stdout).toContain(
      '2 values of the shared state were deleted: the time is over.\n',
    );
    expect(sharedCounts(bench.db, Date.now())).toEqual([{ workflow: '', keys: 2, expired: 0 }]);
    keep('over again', 1);
    expect(await events('prune', '--keep', '9')).toMatchObject([{ event: 'pruned', runs: 0, values: 1 }]);
  });

  test('a rule is kept as the policy of the store, is used where no other is given, and forgotten', async () => {
    const { bench, cli } = await stored('films', 'films');
    expect(await cli('prune', '--older-than', '8w', '--keep', '50', '--keep-failed', '--as-policy')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'From now on, this is done by itself: deletes finished runs that ended more than 56 days ago, all but the newest 50 of each workflow, none that failed.\n',
      ) as string,
    });
    expect(prunePolicy(bench.db)).toEqual({
      olderThanMs: 56 * 86_400_000,
      keep: 50,
      keepFailed: true,
      unfinished: false,
    });
    expect((await cli('prune', '--dry-run')).stdout).toContain('2  among the newest of their workflow');
    expect((await cli('prune', '--no-policy')).code).toBe(0);
    expect(prunePolicy(bench.db)).toBeUndefined();
    expect(await cli('prune')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('This store has no policy') as string,
    });
  });

  test('--compact writes the file anew, but not while a run goes on', async () => {
    const { bench, cli } = await stored('films');
    expect((await cli('prune', '--compact')).stdout).toMatch(/^The store was written anew: it takes \d+ KB/);
    const gate = Promise.withResolvers<void>();
    const { done } = await bench.start(workflow(start => start.step('wait', () => gate.promise)));
    expect(await cli('prune', '--compact')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Run 2 is being worked on') as string,
    });
    gate.resolve();
    await done;
  });

  test.each([
    [['--older-than', '30'], '--older-than "30" is not an age. Write a number with its unit, such as 12h, 30d or 8w.'],
    [['--older-than', '0d'], 'is not an age'],
    [['--older-than', '3 moons'], 'is not an age'],
    [['--keep', '0'], '--keep "0" is not a number of at least 1'],
    [['--keep-failed'], '--keep-failed goes with --older-than or --keep'],
    [['--as-policy'], '--as-policy goes with --older-than or --keep'],
    [['--no-policy', '--keep', '3'], '--no-policy goes with no other option'],
    [['--keep', '3', '--dry-run', '--as-policy'], '--dry-run changes nothing, and --as-policy does'],
  ])('wrong usage is told: %j', async (args, message) => {
    const { cli } = await stored('films');
    expect(await cli('prune', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as string });
  });
});

describe('cronflow runs', () => {
  test('lists the runs of a workflow, and those that stand so', async () => {
    const { bench, cli } = await stored('films', 'tolls', 'films', 'tolls');
    bench.db.exec(`update runs set status = 'failed' where id < 3`);
    const listed = async (...args: string[]) =>
      (await cli('runs', ...args)).stdout.split('\n').flatMap(line => /^ +(\d+) {2}/.exec(line)?.[1] ?? []);
    expect(await listed('--workflow', 'tolls')).toEqual(['4', '2']);
    expect(await listed('--status', 'failed')).toEqual(['2', '1']);
    expect(await listed('--status', 'failed,completed', '--workflow', 'films', '--limit', '1')).toEqual(['3']);
    expect(await listed('--status', 'paused')).toEqual([]);
    // What reads as running has lost its process.
    bench.db.exec(`update runs set status = 'running' where id = 4`);
    expect(await listed('--status', 'running')).toEqual([]);
    expect(await listed('--status', 'interrupted')).toEqual(['4']);
    expect(await cli('runs', '--status', 'done')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'a run is running, paused, completed, failed, cancelled or interrupted',
      ) as string,
    });
  });

  test('says beside the list how many runs there are, and how large the store is', async () => {
    const { cli } = await stored('films', 'tolls');
    expect((await cli('runs', '--limit', '1')).stderr).toMatch(/^1 of 2 runs · the store takes \d+ KB\n$/);
    expect((await cli('runs', '--json')).stderr).toBe('');
  });
});
