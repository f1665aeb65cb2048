import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { all, Gate, Ledger, Meter, range, turns, World } from '../support/outside.ts';
import { batchesOf, earlierAttemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import type { BodyFlow } from '../../engine/workflow/types.ts';

/** Runs one batch node over the items, and gives the batches its body was called with. */
async function cut(items: unknown, size: number) {
  const batches: unknown[][] = [];
  const summary = await new Bench().run(
    workflow(flow =>
      flow.batch('work', { items: items as never, size }, (batch, flow) => {
        flow.step('note', async () => {
          batches.push([...batch]);
        });
      }),
    ),
  );
  return { summary, batches };
}

/** A workflow of one batch node, one item a batch, of which the listed ones fail; and a step after it. */
function failing(items: number, broken: readonly number[], options: object, ledger = new Ledger()) {
  return workflow(flow =>
    flow
      .batch('work', { items: range(items), size: 1, ...options }, ([item = 0], flow) => {
        flow.step('try', async () => {
          ledger.note(`try ${item}`);
          if (broken.includes(item)) throw new Error(`item ${item} is broken`);
          return item;
        });
      })
      .step('after', async () => ledger.note('after')),
  );
}

describe('cutting', () => {
  test.each([
    { items: 10, size: 3, batches: [3, 3, 3, 1] },
    { items: 9, size: 3, batches: [3, 3, 3] },
    { items: 2, size: 5, batches: [2] },
    { items: 1, size: 1, batches: [1] },
    { items: 0, size: 4, batches: [] },
  ])('$items items in batches of $size are $batches', async ({ items, size, batches }) => {
    const ran = await cut(() => range(items), size);
    expect(ran.batches.map(batch => batch.length)).toEqual(batches);
    expect(ran.batches.flat()).toEqual(range(items));
    expect(ran.summary).toMatchObject({
      status: 'completed',
      output: {
        items: { total: items, succeeded: items, failed: 0 },
        batches: { total: batches.length, succeeded: batches.length, failed: 0 },
      },
    });
  });

  test.each<[string, () => unknown]>([
    ['a promise of an array', async () => ['a', 'b', 'c']],
    ['a Set', () => new Set(['a', 'b', 'c'])],
    [
      'a generator',
      function* () {
        yield* ['a', 'b', 'c'];
      },
    ],
    [
      'an async generator',
      async function* () {
        yield* ['a', 'b', 'c'];
      },
    ],
    [
      'a promise of an async generator',
      async () =>
        (async function* () {
          yield* ['a', 'b', 'c'];
        })(),
    ],
    ['an object-mode stream', () => Readable.from(['a', 'b', 'c'])],
  ])('takes %s', async (_what, items) => {
    const { batches, summary } = await cut(items, 2);
    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(summary.items).toMatchObject({ total: 3, succeeded: 3 });
  });

  test('takes the entries of a Map, and values that JSON cannot hold', async () => {
    const when = new Date(0);
    const { batches } = await cut(
      new Map<string, unknown>([
        ['when', when],
        ['big', 12n],
        ['none', undefined],
        ['set', new Set([NaN])],
      ]),
      10,
    );
    expect(batches).toEqual([
      [
        ['when', when],
        ['big', 12n],
        ['none', undefined],
        ['set', new Set([NaN])],
      ],
    ]);
  });

  test('takes items given outright, without a function', async () => {
    expect((await cut(['a', 'b', 'c'], 2)).batches).toEqual([['a', 'b'], ['c']]);
    expect((await cut(Promise.resolve(['a', 'b', 'c']), 2)).batches).toEqual([['a', 'b'], ['c']]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['undefined', () => undefined, /items of batch "work" is undefined.*array.*return something\?/],
    ['null', () => null, /items of batch "work" is null/],
    ['a number', () => 12, /items of batch "work" is 12/],
    ['a text', () => 'abc', /items of batch "work" is "abc"/],
    ['an object', () => ({ a: 1 }), /is an object.*return Object\.values\(it\)/],
    [
      'what throws',
      () => {
        throw new Error('no such table');
      },
      /^no such table$/,
    ],
    [
      'what rejects',
      async () => {
        throw new Error('connection refused');
      },
      /^connection refused$/,
    ],
  ])('refuses %s, and says so at the node', async (_what, items, message) => {
    const { summary, batches } = await cut(items, 2);
    expect(summary.status).toBe('failed');
    expect(summary.error).toMatchObject({ message: expect.stringMatching(message), step: 'work' });
    expect(batches).toEqual([]);
  });

  test('says where in the items the value is that cannot be stored, and does the batches before it', async () => {
    const { summary, batches } = await cut(() => [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, save() {} }], 2);
    expect(batches).toEqual([[{ id: 1 }, { id: 2 }]]);
    expect(summary).toMatchObject({ status: 'failed', error: { step: 'work' }, items: { succeeded: 2, failed: 0 } });
    expect(summary.error?.message).toMatch(/items\[1\]\.save is a function, which cannot be stored/);
  });
});

describe('concurrency', () => {
  test.each([1, 3, 8])('of %i is reached and never exceeded', async concurrency => {
    const meter = new Meter();
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(20), size: 1, concurrency }, (_batch, flow) => {
          flow.step('one', () => meter.during(() => turns())).step('two', () => meter.during(() => turns()));
        }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(meter.most).toBe(concurrency);
  });

  test('of 1 does the batches in their order, each to its end', async () => {
    const ledger = new Ledger();
    await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(4), size: 2 }, ([first], flow) => {
          flow
            .step('one', async () => {
              await turns();
              ledger.note(`one ${first}`);
            })
            .action('two', async () => ledger.note(`two ${first}`));
        }),
      ),
    );
    expect(ledger.entries).toEqual(['one 0', 'two 0', 'one 2', 'two 2']);
  });

  test('of a forEach is 1 unless asked', async () => {
    const meters = { plain: new Meter(), asked: new Meter() };
    await new Bench().run(
      workflow(flow =>
        flow
          .forEach('plain', range(5), (_item, flow) => {
            flow.step('one', () => meters.plain.during(() => turns()));
          })
          .forEach(
            'asked',
            range(5),
            (_item, flow) => {
              flow.step('one', () => meters.asked.during(() => turns()));
            },
            { concurrency: 4 },
          ),
      ),
    );
    expect([meters.plain.most, meters.asked.most]).toEqual([1, 4]);
  });

  test('lets a slow batch be overtaken, and results come in the order of the batches all the same', async () => {
    const slow = new Gate();
    const bench = new Bench();
    const run = await bench.start(
      workflow(flow =>
        flow
          .batch('work', { items: range(6), size: 1, concurrency: 2 }, ([item = 0], flow) => {
            flow.step('one', async () => {
              if (item === 0) await slow.pass();
              if (item === 5) slow.open();
              return item * 10;
            });
          })
          .step('all', ctx => all(ctx.results('work'))),
      ),
    );
    expect((await run.done).output).toEqual(range(6).map(index => ({ index, output: index * 10 })));
  });
});

describe('a failing batch', () => {
  test('leaves the others alone, and later steps do not run', async () => {
    const ledger = new Ledger();
    const bench = new Bench();
    const summary = await bench.run(failing(5, [1, 2], {}, ledger));
    expect(ledger.entries).toEqual(range(5).map(item => `try ${item}`));
    expect(summary).toMatchObject({
      status: 'failed',
      batches: { total: 5, succeeded: 3, failed: 2, running: 0, waiting: 0, cancelled: 0 },
      error: {
        name: 'BatchesFailed',
        step: 'work',
        message: '2 of 5 batches of "work" failed. The first: item 1 is broken',
      },
    });
    expect(
      batchesOf(bench, summary.run, 'work').map(({ status, error }) => [status, error?.message, error?.step]),
    ).toEqual([
      ['succeeded', undefined, undefined],
      ['failed', 'item 1 is broken', 'work/try'],
      ['failed', 'item 2 is broken', 'work/try'],
      ['succeeded', undefined, undefined],
      ['succeeded', undefined, undefined],
    ]);
  });

  test('counts all its items as failed', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(10), size: 4 }, (batch, flow) => {
          flow.step('try', async () => {
            if (batch.includes(9)) throw new Error('no');
          });
        }),
      ),
    );
    expect(summary.items).toMatchObject({ total: 10, succeeded: 8, failed: 2 });
  });

  test('whose body throws is like one whose step throws', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach('each', range(3), (item, flow) => {
          if (item === 1) throw new Error('this item has no shape');
          flow.step('one', async () => item);
        }),
      ),
    );
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 2, failed: 1 } });
    expect(batchesOf(bench, summary.run, 'each')[1]).toMatchObject({
      status: 'failed',
      error: { message: 'this item has no shape' },
    });
  });

  test.each([
    { tolerateFailures: undefined, items: 4, broken: 1, status: 'failed' },
    { tolerateFailures: 0, items: 4, broken: 1, status: 'failed' },
    { tolerateFailures: 2, items: 6, broken: 2, status: 'completed' },
    { tolerateFailures: 2, items: 6, broken: 3, status: 'failed' },
    { tolerateFailures: '25%', items: 8, broken: 2, status: 'completed' },
    { tolerateFailures: '25%', items: 8, broken: 3, status: 'failed' },
    { tolerateFailures: '33%', items: 3, broken: 1, status: 'failed' },
    { tolerateFailures: '34%', items: 3, broken: 1, status: 'completed' },
    { tolerateFailures: '0%', items: 3, broken: 1, status: 'failed' },
    { tolerateFailures: '100%', items: 3, broken: 3, status: 'completed' },
    { tolerateFailures: 'all', items: 3, broken: 3, status: 'completed' },
  ])(
    '$broken of $items: tolerateFailures $tolerateFailures makes the run $status',
    async ({ items, broken, status, ...options }) => {
      const ledger = new Ledger();
      const summary = await new Bench().run(failing(items, range(broken), { ...options, concurrency: 2 }, ledger));
      expect(summary).toMatchObject({ status, batches: { total: items, failed: broken, succeeded: items - broken } });
      expect(ledger.times('after')).toBe(status === 'completed' ? 1 : 0);
    },
  );

  test('is counted against the limit over all batches, wherever in the order it comes and whatever runs beside it', async () => {
    // 4 of 8 in each half: a limit that was counted per concurrent group would bear them.
    for (const broken of [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [0, 2, 4, 6],
    ]) {
      expect((await new Bench().run(failing(8, broken, { tolerateFailures: 3, concurrency: 2 }))).status).toBe(
        'failed',
      );
      expect((await new Bench().run(failing(8, broken, { tolerateFailures: 4, concurrency: 2 }))).status).toBe(
        'completed',
      );
    }
  });

  test('that is tolerated stays on record', async () => {
    const bench = new Bench();
    const summary = await bench.run(failing(4, [2], { tolerateFailures: 'all' }));
    expect(summary.nodes).toMatchObject([{ path: 'work', batches: { total: 4, succeeded: 3, failed: 1 } }]);
    expect(batchesOf(bench, summary.run, 'work')[2]).toMatchObject({
      status: 'failed',
      error: { message: 'item 2 is broken' },
    });
  });

  test("with onBatchError 'stop' lets none begin after it; those that have begun go on to their end", async () => {
    const ledger = new Ledger();
    const beside = new Gate();
    const run = await new Bench().start(
      workflow(flow =>
        flow.batch('work', { items: range(10), size: 1, concurrency: 2, onBatchError: 'stop' }, ([item], flow) => {
          flow
            .step('one', async () => {
              if (item === 0) await beside.pass();
              if (item === 1) throw new Error('stop here');
              ledger.note(`one ${item}`);
            })
            .step('two', async () => ledger.note(`two ${item}`));
        }),
      ),
    );
    await beside.reached();
    await turns(20);
    beside.open();
    expect(await run.done).toMatchObject({
      status: 'failed',
      batches: { total: 10, succeeded: 1, failed: 1, waiting: 8 },
    });
    expect(ledger.entries).toEqual(['one 0', 'two 0']);
  });

  test("with onBatchError 'stop' stops only once there are more failures than are tolerated", async () => {
    const summary = await new Bench().run(failing(10, [1, 3, 5], { onBatchError: 'stop', tolerateFailures: 1 }));
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 2, failed: 2, waiting: 6 } });
  });
});

describe('a body', () => {
  test('that is empty succeeds, and leaves undefined', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(5), size: 2 }, () => {}).step('all', ctx => all(ctx.results('work'))),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', items: { total: 5, succeeded: 5 } });
    expect(summary.output).toEqual(range(3).map(index => ({ index, output: undefined })));
  });

  test('may have another shape for each batch', async () => {
    const ledger = new Ledger();
    const people = [
      { name: 'Ann', ways: ['mail'] },
      { name: 'Ben', ways: ['mail', 'post'] },
      { name: 'Cid', ways: [] },
    ];
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach('tell', people, (person, flow) => {
          for (const way of person.ways) flow.step(way, async () => ledger.note(`${way} ${person.name}`));
        }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(ledger.entries).toEqual(['mail Ann', 'mail Ben', 'post Ben']);
  });

  test('may hold batches and forEach, three levels deep, each with what is around it in reach', async () => {
    const seen: unknown[] = [];
    const library = [{ shelves: [{ books: [1, 2] }, { books: [3] }] }, { shelves: [{ books: [4] }] }];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', async () => library)
          .forEach(
            'outer',
            ctx => ctx.steps.load?.output as typeof library,
            ({ shelves }, flow) => {
              flow
                .step('name', async () => `outer of ${shelves.length}`)
                .forEach('middle', shelves, ({ books }, flow) => {
                  flow
                    .batch('inner', { items: books, size: 1, concurrency: 2 }, ([item], flow) => {
                      flow.step('look', async ctx => {
                        seen.push([item, ctx.steps.name.output, ctx.batch.node, ctx.batch.index]);
                        return item;
                      });
                    })
                    .step('sum', async ctx =>
                      (await all(ctx.results<number>('inner'))).reduce((sum, { output }) => sum + output, 0),
                    );
                })
                .step('sums', async ctx => (await all(ctx.results<number>('middle'))).map(({ output }) => output));
            },
          )
          .step('all', async ctx => (await all(ctx.results('outer'))).map(({ output }) => output)),
      ),
    );
    expect(summary.output).toEqual([[3, 3], [4]]);
    expect(seen).toEqual([
      [1, 'outer of 2', 'inner', 0],
      [2, 'outer of 2', 'inner', 1],
      [3, 'outer of 2', 'inner', 0],
      [4, 'outer of 1', 'inner', 0],
    ]);
    expect(summary.batches.total).toBe(2);
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded])).toEqual([
      ['outer', 2],
      ['outer/middle', 3],
      ['outer/middle/inner', 4],
    ]);
  });

  test('with a nested batch that fails is failed itself, and its siblings are not', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach('outer', range(3), (outer, flow) => {
          flow.forEach('inner', range(2), (inner, flow) => {
            flow.step('try', async () => {
              if (outer === 1 && inner === 0) throw new Error('no');
            });
          });
        }),
      ),
    );
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded, batches.failed])).toEqual([
      ['outer', 2, 1],
      ['outer/inner', 5, 1],
    ]);
  });
});

describe('a retry of a batch', () => {
  const retry = { attempts: 3, backoff: { delay: 0 } };

  test('goes on at the step that failed, and gives up after its tries', async () => {
    const world = new World('second');
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          range(1),
          (_item, flow) => {
            flow.step('one', async () => world.act('first')).step('two', async () => world.act('second'));
          },
          { retry },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'failed', batches: { failed: 1 } });
    expect(world.entries).toEqual(['first', 'second', 'second', 'second']);
    expect(earlierAttemptsOf(bench, summary.run, 'each').map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
    ]);
  });

  test('takes up what failed in the batches inside it, and nothing else', async () => {
    const world = new World('b 1', 'late b 0');
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'outer',
          range(1),
          (_outer, flow) => {
            flow
              .step('start', async () => world.act('start'))
              .forEach(
                'borne',
                range(2),
                (inner, flow) => {
                  flow.step('one', async () => {
                    world.note(`borne ${inner}`);
                    throw new Error('no');
                  });
                },
                { tolerateFailures: 'all' },
              )
              .forEach('inner', range(3), (inner, flow) => {
                flow.step('a', async () => world.act(`a ${inner}`)).step('b', async () => world.act(`b ${inner}`));
              })
              .forEach('late', range(2), (inner, flow) => {
                flow.forEach('deep', ['a', 'b'], (deep, flow) => {
                  flow.step('one', async () => world.act(`late ${deep} ${inner}`));
                });
              });
          },
          {
            retry: {
              ...retry,
              retryOn: () => {
                world.note('again');
                world.mend(world.times('again') === 1 ? 'b 1' : 'late b 0');
                return true;
              },
            },
          },
        ),
      ),
    );
    expect(summary.error).toBeUndefined();
    expect(world.entries).toEqual([
      'start',
      'borne 0',
      'borne 1',
      'a 0',
      'b 0',
      'a 1',
      'b 1',
      'a 2',
      'b 2',
      'again',
      'b 1',
      'late a 0',
      'late b 0',
      'late a 1',
      'late b 1',
      'again',
      'late b 0',
    ]);
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded, batches.failed, batches.total])).toEqual([
      ['outer', 1, 0, 1],
      ['outer/borne', 0, 2, 2],
      ['outer/inner', 3, 0, 3],
      ['outer/late', 2, 0, 2],
      ['outer/late/deep', 4, 0, 4],
    ]);
    expect(statusesOf(bench, summary.run, 'outer/inner')).toEqual(['failed', 'succeeded']);
  });

  test('takes up the round of a while inside it that failed', async () => {
    const world = new World('round 1');
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach(
          'outer',
          range(1),
          (_outer, flow) => {
            flow.while(
              'loop',
              ctx => ctx.state.get('rounds', 0) < 3,
              flow => {
                flow.step('one', async ctx => world.act(`round ${(await ctx.state.incr('rounds')) - 1}`));
              },
            );
          },
          {
            retry: {
              ...retry,
              retryOn: () => {
                world.mend();
                return true;
              },
            },
          },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', state: { rounds: 3 } });
    expect(world.entries).toEqual(['round 0', 'round 1', 'round 1', 'round 2']);
  });
});

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

describe('20,000 batches', () => {
  test('finish, are all counted, and memory does not grow with them', async () => {
    const heap: number[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach(
          'each',
          range(20_000),
          (item, flow) => {
            if (item % 4_000 === 3_999) {
              flow.step('weigh', async () => {
                globalThis.gc?.();
                heap.push(process.memoryUsage().heapUsed);
              });
            }
          },
          { concurrency: 100 },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', batches: { total: 20_000, succeeded: 20_000 } });
    expect(heap).toHaveLength(5);
    expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(8_000_000);
  });

  test('and their results are read in order, page by page', async () => {
    const count = 450; // More than two pages.
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .forEach(
            'each',
            range(count),
            (item, flow) => {
              flow.step('one', async () => {
                if (item === 7) throw new Error('left out');
                return item;
              });
            },
            { concurrency: 50, tolerateFailures: 1 },
          )
          .step('all', async ctx =>
            (await all(ctx.results<number>('each'))).map(({ index, output }) => [index, output]),
          ),
      ),
    );
    expect(summary.output).toEqual(
      range(count)
        .filter(index => index !== 7)
        .map(index => [index, index]),
    );
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
