import { afterEach, expect, test } from 'vitest';
import { attachToPoints, type Point } from '../../engine/failpoints.ts';
import type { Context } from '../../engine/index.ts';
import { Meter, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* The session that sets items aside by itself, and the one that follows it, are one run to everybody else. */

/** Six batches of two items, of which the first is broken. */
const sending = (during: (work: () => unknown) => unknown = work => work()) =>
  workflow(flow =>
    flow.batch(
      'send',
      { items: range(12), size: 2, onItemError: 'set-aside', concurrency: 6 } as never,
      (items: number[], inner) => {
        inner.step('try', (ctx: Context) =>
          during(() =>
            ctx.each(items, item => {
              if (item % 2 === 0) throw new Error(`item ${item} is broken`);
              return item;
            }),
          ),
        );
      },
    ),
  );

const COMPLETED = { status: 'completed', items: { total: 12, succeeded: 6, failed: 0, setAside: 6 } };

afterEach(() => attachToPoints(() => {}));

const SESSIONS = 'select kind, outcome from sessions order by session';

test.each<Point>(['after-end', 'before-rerun', 'after-rerun'])(
  'a kill between the two (%s) leaves a run that a resume finishes as promised',
  async point => {
    const bench = new Bench();
    attachToPoints(name => {
      if (name === point) throw new Error('killed');
    });
    const { done } = await bench.start(sending());
    await expect(done).rejects.toThrow('killed');
    attachToPoints(() => {});
    expect(bench.db.prepare('select status, ended_at from runs').get()).toEqual({ status: 'running', ended_at: null });
    // The lease of a process that is gone.
    bench.db.prepare('delete from leases').run();
    expect(await bench.resume(sending(), 1)).toMatchObject(COMPLETED);
    expect(bench.db.prepare(SESSIONS).all()).toEqual([
      { kind: 'start', outcome: 'interrupted' },
      { kind: 'resume', outcome: 'failed' },
      { kind: 'rerun', outcome: 'completed' },
    ]);
  },
);

test('a concurrency that a user has changed in the first holds in the second', async () => {
  const meters = [new Meter(), new Meter()];
  const bench = new Bench();
  const sessions = () => Number(bench.db.prepare('select count(*) from sessions').pluck().get());
  const { run, done } = await bench.start(
    sending(work => meters[sessions() - 1]?.during(async () => turns().then(work))),
  );
  run.concurrency.set('send', 2);
  expect(await done).toMatchObject(COMPLETED);
  expect(meters.map(({ most }) => most)).toEqual([2, 2]);
});

test('the second has the lease of the first, by which whoever started the run knows its process', async () => {
  const owners = new Set<unknown>();
  const bench = new Bench();
  const { owner, done } = await bench.start(
    sending(work => {
      owners.add(bench.db.prepare('select owner from leases').pluck().get());
      return work();
    }),
  );
  expect(await done).toMatchObject(COMPLETED);
  expect([...owners]).toEqual([owner]);
  expect(bench.db.prepare('select count(*) from leases').pluck().get()).toBe(0);
});
