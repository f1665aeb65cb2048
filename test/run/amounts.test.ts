import { describe, expect, test } from 'vitest';
import { amountsText, amountText, decimalText, toMillionths } from '../../common/amounts.ts';
import { nodeAmounts } from '../../engine/store/amount-queries.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';

interface Order {
  readonly id: number;
  readonly euros: number;
}

const orders = (...euros: number[]): Order[] => euros.map((amount, id) => ({ id, euros: amount }));
const conserve = { conserve: (order: Order) => order.euros, conserveUnit: '€' };
const amounts = (bench: Bench, run = 1) => nodeAmounts(bench.db, run, false);
const messages = (bench: Bench): string[] =>
  bench.db.prepare<[], string>("select json_extract(error, '$.message') from batches where status = 3").pluck().all();

/** Sends orders two at a time, and fails for those that `fails` names. */
function sending(items: () => unknown[], fails: (order: Order) => boolean, options: object = conserve) {
  return workflow(flow =>
    flow
      .step('load', () => items())
      .batch(
        'send',
        {
          items: (ctx: { steps: { load: { output: unknown[] } } }) => ctx.steps.load.output,
          size: 2,
          ...options,
        } as never,
        (batch: Order[], inner) => {
          inner.step('charge', () => {
            if (batch.some(fails)) throw new Error('declined');
          });
        },
      ),
  );
}

describe('amounts', () => {
  test('are divided among done and failed, exactly, and stay balanced over a re-run', async () => {
    const bench = new Bench();
    const items = () => orders(0.1, 0.2, 1_000_000.07, 0, 24_500, 3);
    const first = await bench.run(sending(items, ({ id }) => id === 4));
    expect(first.status).toBe('failed');
    expect(amounts(bench)).toEqual([
      {
        path: 'send',
        unit: '€',
        total: '1024503.37',
        succeeded: '1000000.37',
        failed: '24503',
        running: '0',
        waiting: '0',
        cancelled: '0',
        setAside: '0',
        unknown: 0,
        unknownItems: 0,
        isBalanced: true,
      },
    ]);
    const again = await bench.rerun(
      sending(items, () => false),
      first.run,
    );
    expect(again.status).toBe('completed');
    expect(amounts(bench).map(amountsText)).toEqual(['€ 1,024,503.37 = € 1,024,503.37 done']);
  });

  test('do not drift, however many there are', async () => {
    const bench = new Bench();
    await bench.run(
      sending(
        () => orders(...Array.from({ length: 1_000 }, () => 0.1)),
        () => false,
      ),
    );
    expect(amounts(bench)[0]).toMatchObject({ total: '100', succeeded: '100', isBalanced: true });
  });

  test('follow the items: edited, and split again after an earlier step was repeated', async () => {
    const bench = new Bench();
    let loaded = orders(1, 2, 4);
    const build = () =>
      sending(
        () => loaded,
        ({ id }) => id === 9,
      );
    const first = await bench.run(build());
    await bench.rerun(build(), first.run, { node: 'send', batches: [1], items: ` ${JSON.stringify(orders(7))}` });
    expect(amounts(bench).map(amountsText)).toEqual(['€ 10 = € 10 done']);
    loaded = orders(5, 5, 5, 5);
    await bench.rerun(build(), first.run, { node: 'load', batches: 'all' });
    expect(amounts(bench).map(amountsText)).toEqual(['€ 20 = € 20 done']);
  });

  test('are those of a run that was not interrupted', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    const build = () =>
      sending(
        () => orders(1, 2, 4, 8, 16, 32),
        ({ id }) => {
          if (id === 2) interruption.here();
          return false;
        },
      );
    const { run } = await interruption.run(bench, build());
    expect(amounts(bench)[0]).toMatchObject({ isBalanced: true, succeeded: '3' });
    expect((await bench.resume(build(), run)).status).toBe('completed');
    expect(amounts(bench).map(amountsText)).toEqual(['€ 63 = € 63 done']);
  });

  test('that do not add up keep a run from completing', async () => {
    const bench = new Bench();
    const build = () =>
      sending(
        () => orders(1, 2, 4),
        ({ id }) => id === 2 && isBroken,
      );
    let isBroken = true;
    const { run } = await bench.run(build());
    // As a damaged store, or a defect of ours, would have it.
    bench.db.exec('update batch_amounts set amount = amount + 1 where scope = 1');
    isBroken = false;
    await expect(bench.rerun(build(), run)).rejects.toThrow(
      'The amounts of "send" do not add up: € 7 ≠ € 7.000001 done: does not add up',
    );
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no price');
      },
      'its conserve threw Error: no price',
    ],
    ['gives NaN', () => Number.NaN, 'its conserve gave NaN. It gives a number for every item.'],
    ['gives a text', () => '5', 'its conserve gave "5". It gives a number for every item.'],
    [
      'gives too much',
      () => 1e15,
      'its conserve gave 1000000000000000. The largest amount is 1000000000000; use a larger unit.',
    ],
  ])('of an item for which conserve %s are unknown: its batch fails, and only that', async (_what, of, message) => {
    const bench = new Bench();
    const price = (order: Order) => (order.id === 2 ? of() : order.euros);
    const failed = await bench.run(
      sending(
        () => orders(1, 2, 4, 8),
        () => false,
        { conserve: price },
      ),
    );
    expect(failed.batches).toMatchObject({ succeeded: 1, failed: 1 });
    expect(messages(bench)).toEqual([expect.stringContaining(`Item 2 of "send", counted from 0: ${message}`)]);
    expect(amounts(bench)).toMatchObject([{ total: '3', succeeded: '3', failed: '0', unknown: 1, isBalanced: true }]);
    const fixed = await bench.rerun(
      sending(
        () => [],
        () => false,
        { conserve: ({ euros }: Order) => euros },
      ),
      failed.run,
    );
    expect(fixed.status).toBe('completed');
    expect(amounts(bench)).toMatchObject([{ total: '15', succeeded: '15', unknown: 0, isBalanced: true }]);
  });

  test.each([
    [{ conserve: 5 }, 'conserve is 5. It is a function of an item'],
    [{ conserve: () => 1, conserveUnit: 5 }, "conserveUnit is 5. It is a short text, such as '€' or 'kg'."],
    [{ conserveUnit: '€' }, 'there is no conserve'],
  ])('options that make no sense are refused: %o', (options, message) => {
    expect(() =>
      sending(
        () => [],
        () => false,
        options,
      ),
    ).toThrow(message);
  });
});

test.each([
  [0.1, '0.1'],
  [-3, '-3'],
  [-0.25, '-0.25'],
  [1_204_500.005, '1204500.005'],
  [0.1 + 0.2, '0.3'],
  [1e12, '1000000000000'],
  [-0, '0'],
])('%d is stored as %s', (value, text) => {
  expect(decimalText(toMillionths(value))).toBe(text);
});

test.each([
  ['1204500', '€', '€ 1,204,500'],
  ['-1204500.5', '$', '$ -1,204,500.50'],
  ['12.125', 'kg', '12.125 kg'],
  ['12', '', '12'],
])('%s %s is shown as %s', (decimal, unit, text) => {
  expect(amountText(decimal, unit)).toBe(text);
});
