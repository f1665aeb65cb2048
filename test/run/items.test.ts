import { describe, expect, test } from 'vitest';
import { Bench, workflow } from '../support/runs.ts';
import type { BodyFlow } from '../../engine/workflow/types.ts';

describe('items belong to the engine', () => {
  type Item = { id: number; tags: string[]; seen?: boolean };
  const items: Item[] = [
    { id: 0, tags: ['a'] },
    { id: 1, tags: [] },
  ];
  const spoil = (item: Item) => {
    item.tags.push('spoilt');
    item.seen = true;
    item.id = -1;
  };

  /** What each try saw, first a batch emptied by the step, then an item changed by it. */
  function spoiling(tries: string[], fail: () => boolean, retry?: { attempts: number; backoff: { delay: number } }) {
    const attempt = async (seen: unknown, harm: () => void) => {
      tries.push(JSON.stringify(seen));
      harm();
      if (fail()) throw new Error('not yet');
    };
    return workflow(flow =>
      flow
        .batch('work', { items, size: 2, tolerateFailures: 'all' }, (batch, flow) => {
          flow.step(
            'harm',
            () =>
              attempt(batch, () => {
                batch.forEach(spoil);
                batch.length = 0;
              }),
            retry && { retry },
          );
        })
        .forEach(
          'each',
          items,
          (item, flow) => {
            flow.step('harm', () => attempt(item, () => spoil(item)), retry && { retry });
          },
          { tolerateFailures: 'all' },
        ),
    );
  }
  const [whole, ...each] = [items, ...items].map(seen => JSON.stringify(seen)) as [string, ...string[]];

  test('a retry of the step gets them again', async () => {
    const tries: string[] = [];
    await new Bench().run(spoiling(tries, () => tries.length % 2 === 1, { attempts: 2, backoff: { delay: 0 } }));
    expect(tries).toEqual([whole, ...each].flatMap(seen => [seen, seen]));
  });

  test('a retry of the batch gets them again', async () => {
    const tries: string[] = [];
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'each',
          items,
          (item, flow) => {
            flow.step('harm', async () => {
              tries.push(JSON.stringify(item));
              spoil(item);
              if (tries.length % 2 === 1) throw new Error('not yet');
            });
          },
          { retry: { attempts: 2, backoff: { delay: 0 } } },
        ),
      );
    expect((await new Bench().run(build())).status).toBe('completed');
    expect(tries).toEqual(each.flatMap(seen => [seen, seen]));
  });

  test('a re-run gets them again', async () => {
    const bench = new Bench();
    const tries: string[] = [];
    const { run } = await bench.run(spoiling(tries, () => true));
    expect(
      (
        await bench.rerun(
          spoiling(tries, () => false),
          run,
        )
      ).batches,
    ).toMatchObject({ succeeded: 3, failed: 0 });
    expect(tries.toSorted()).toEqual([whole, ...each, whole, ...each].toSorted());
  });

  test('a resume gets them again', async () => {
    const bench = new Bench();
    const tries: string[] = [];
    const first = await bench.start(
      spoiling(tries, () => {
        first.run.stopping.request({ as: 'interrupted', reason: 'test' });
        return true;
      }),
    );
    await first.done;
    await bench.resume(
      spoiling(tries, () => false),
      first.id,
    );
    expect(tries).toEqual([whole, whole, ...each]);
  });

  test('a retry gets Maps, Sets and arrays again too, and bears items that the body has frozen', async () => {
    const kinds = [new Map([['a', 1]]), new Set(['a']), ['a'], Object.freeze({ a: 1 })];
    const tries: unknown[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .forEach('each', kinds, (item, flow) => {
            if (!('size' in item) && !Array.isArray(item)) Object.freeze(item);
            flow
              .step('harm', async ctx => {
                tries.push(structuredClone(item));
                if (item instanceof Map) item.clear();
                if (item instanceof Set) item.add('b');
                if (Array.isArray(item)) item.pop();
                if (ctx.attempt === 1) throw new Error('again');
              })
              .retry({ attempts: 2, backoff: { delay: 0 } });
          })
          .batch('frozen', { items: ['a', 'b'], size: 2 }, (batch, flow) => {
            Object.freeze(batch);
            flow
              .step('harm', async ctx => {
                tries.push([...batch]);
                if (ctx.attempt === 1) throw new Error('again');
              })
              .retry({ attempts: 2, backoff: { delay: 0 } });
          }),
      ),
    );
    expect(summary.error).toBeUndefined();
    expect(tries).toEqual([...kinds, ['a', 'b']].flatMap(kind => [kind, kind]));
  });

  test('what a batch does to its items, the list they came from does not see, nor does another batch', async () => {
    const list = [{ n: 1 }, { n: 2 }];
    const shared = { n: 0 };
    const seen: number[] = [];
    await new Bench().run(
      workflow(flow =>
        flow.forEach('each', [...list, shared, shared], (item, flow) => {
          flow.step('one', async () => {
            item.n += 10;
            seen.push(item.n);
          });
        }),
      ),
    );
    expect(seen).toEqual([11, 12, 10, 10]);
    expect([...list, shared]).toEqual([{ n: 1 }, { n: 2 }, { n: 0 }]);
  });
});

test('the items of a forEach may be what the batch around it was given, itself', async () => {
  const seen: number[] = [];
  const summary = await new Bench().run(
    workflow(flow =>
      flow.forEach('outer', [[1, 2], [3]], (group: number[], body: BodyFlow) => {
        body.forEach('inner', group, (item: number, inner: BodyFlow) => {
          inner.step('one', () => {
            seen.push(item);
          });
        });
      }),
    ),
  );
  expect(summary.status).toBe('completed');
  expect(seen).toEqual([1, 2, 3]);
});
