import { describe, expect, test } from 'vitest';
import type { Context } from '../../engine/index.ts';
import { Bench, workflow } from '../support/runs.ts';
import { range } from '../support/outside.ts';

/** Forty items in batches of ten. Counts them in the state before the step that may fail. */
function sending(
  work: (items: number[], ctx: Context) => unknown,
  { options = {}, ...hooks }: { options?: object; onSuccess?: () => void; onFailure?: () => void } = {},
) {
  return workflow(
    flow =>
      flow
        .batch(
          'send',
          { items: range(40), size: 10, onItemError: 'set-aside', ...options } as never,
          (items: number[], inner) => {
            inner.step('count', async (ctx: Context) => void (await ctx.state.incr('n', items.length)));
            inner.step('try', (ctx: Context) => work(items, ctx));
          },
        )
        .step(
          'after',
          (ctx: { steps: Record<string, { output: { items: unknown } }> }) => ctx.steps.send?.output.items,
        ),
    { hooks },
  );
}

const refusing =
  (...broken: readonly number[]) =>
  (items: number[], ctx: Context) =>
    ctx.each(items, item => {
      if (broken.includes(item)) throw new Error(`item ${item} is broken`);
      return item;
    });

const who = (bench: Bench) =>
  bench.db.prepare('select position, who from set_aside where until_attempt is null order by position').raw().all();

describe("onItemError: 'set-aside'", () => {
  test('sets marked items aside by itself and goes on, as if they had never been there', async () => {
    const bench = new Bench();
    const ends: string[] = [];
    const summary = await bench.run(
      sending(refusing(3, 4, 25), {
        onSuccess: () => void ends.push('success'),
        onFailure: () => void ends.push('failure'),
      }),
    );
    expect(summary).toMatchObject({
      status: 'completed',
      items: { total: 40, succeeded: 37, failed: 0, setAside: 3 },
      state: { n: 37 },
      output: { total: 40, succeeded: 37, failed: 0, setAside: 3 },
    });
    expect(who(bench)).toEqual([
      [3, null],
      [4, null],
      [25, null],
    ]);
    // The run has ended once.
    expect(ends).toEqual(['success']);
  });

  test('also where the failures would be tolerated, so that what comes after is executed once', async () => {
    const bench = new Bench();
    const build = () => sending(refusing(3), { options: { tolerateFailures: 'all' } });
    expect(await bench.run(build())).toMatchObject({ status: 'completed', items: { failed: 0, setAside: 1 } });
    expect(
      bench.db
        .prepare("select count(*) from steps s join nodes n using (run, node) where n.path = 'after'")
        .pluck()
        .get(),
    ).toBe(1);
  });

  test('finds one after the other where the step names one at a time', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      sending((items, ctx) =>
        items.forEach((item, index) => {
          ctx.item(index);
          if ([11, 13, 17].includes(item)) throw new Error(`item ${item} is broken`);
        }),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', items: { succeeded: 37, setAside: 3 } });
    expect(who(bench).map(row => (row as number[])[0])).toEqual([11, 13, 17]);
  });

  test('does not hide that nearly all fail: more than half of a batch fails it', async () => {
    const bench = new Bench();
    const summary = await bench.run(sending(refusing(...range(10), 15)));
    expect(summary).toMatchObject({ status: 'failed', items: { succeeded: 29, failed: 10, setAside: 1 } });
  });

  test('does nothing for what fails without a name', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      sending(items => {
        if (items.includes(3)) throw new Error('no');
      }),
    );
    expect(summary).toMatchObject({ status: 'failed', items: { failed: 10, setAside: 0 } });
    expect(bench.db.prepare('select count(*) from sessions').pluck().get()).toBe(1);
  });

  test('refuses what it does not know', () => {
    expect(() => sending(refusing(), { options: { onItemError: 'skip' } })).toThrow(
      `onItemError is "skip". It can be 'fail' or 'set-aside'.`,
    );
  });
});
