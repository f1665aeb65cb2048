import { describe, expect, test, vi } from 'vitest';
import { rerunRun, resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import { checkResumable } from '../../engine/run/resumable.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { RUN_STATUSES } from '../../common/status.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { Context } from '../../engine/workflow/types.ts';
import { Gate, Meter, range, turns, World } from '../support/outside.ts';
import { outcomeOf } from '../support/outcome.ts';
import { attemptsOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

const interrupted = { as: 'interrupted', reason: 'test' } as const;

/** Something of everything: 33 functions are called, of which each does one thing in the world. */
function everything(world: World, act = (what: string): string => world.act(what)): Definition {
  return workflow(flow =>
    flow
      .step('load', async () => {
        act('load');
        return range(6);
      })
      .batch(
        'work',
        {
          items: ctx => {
            act('items');
            return ctx.steps.load?.output as number[];
          },
          size: 2,
          concurrency: 2,
        },
        (batch, flow) => {
          flow
            .step('check', async ctx => {
              await ctx.state.incr('checked', batch.length);
              return act(`check ${batch}`);
            })
            .if('first', async () => {
              act(`first? ${batch}`);
              return batch.includes(0);
            })
            .step('greet', async () => act(`greet ${batch}`))
            .else()
            .action('nod', async () => {
              act(`nod ${batch}`);
            })
            .endIf()
            .forEach('each', batch, (item, flow) => {
              flow.step('double', async ctx => {
                await ctx.state.update('list', (list: number[] = []) => [...list, item].toSorted());
                act(`double ${item}`);
                return item * 2;
              });
            })
            .step('last', async ctx => [
              act(`last ${batch}`),
              ctx.last,
              ctx.steps.check.output,
              ctx.steps.greet?.output,
            ]);
        },
      )
      .parallel('both', { left: async () => act('left'), right: async () => act('right') })
      .while(
        'loop',
        async ctx => {
          act(`loop? ${ctx.state.get('rounds', 0)}`);
          return ctx.state.get('rounds', 0) < 2;
        },
        flow => {
          flow
            .step('round', async ctx => act(`round ${await ctx.state.incr('rounds')}`))
            .forEach('in round', range(2), (item, flow) => {
              flow.action('one', async ctx => {
                act(`${ctx.steps.round.output}.${item}`);
              });
            });
        },
      )
      .log(() => act('log'))
      .step('report', async ctx => {
        const outputs = [];
        for await (const { output } of (ctx as Context).results('work')) outputs.push(output);
        return [act('report'), outputs, ctx.steps.both?.output, ctx.steps.loop?.output];
      }),
  );
}
const calls = 33;

describe('after an interruption at any step', () => {
  /** Interrupts at the k-th call, resumes, and gives what was done in the world and what the run came to. */
  async function interruptedAt(k: number, bench: Bench, leave: () => void) {
    const world = new World();
    let run: RunInProgress | undefined;
    const act = (what: string) => {
      const done = world.act(what);
      if (world.entries.length === k) {
        run?.run.stopping.request(interrupted);
        leave();
      }
      return done;
    };
    run = await bench.start(everything(world, act));
    if (k === 0) run.run.stopping.request(interrupted);
    const first = await run.done;
    const { status } = first.status === 'interrupted' ? await bench.resume(everything(world), run.id) : first;
    return { k, interrupted: first.status, status, counts: world.counts, outcome: outcomeOf(bench, run.id) };
  }

  test('what was done is not done again, and all comes out as if nothing had happened', async () => {
    const bench = new Bench();
    const world = new World();
    const { run } = await bench.run(everything(world));
    const expected = { status: 'completed', counts: world.counts, outcome: outcomeOf(bench, run) };
    expect(world.entries).toHaveLength(calls);
    expect(Object.values(world.counts).every(count => count === 1)).toBe(true);
    for (const k of range(calls)) {
      const {
        interrupted: status,
        counts: { items, ...counts },
        ...rest
      } = await interruptedAt(k, bench, () => {});
      // An array is asked for again where it had not been cut to its end.
      expect(items).toBeLessThanOrEqual(2);
      expect({ ...rest, counts: { items: 1, ...counts }, interrupted: status }).toEqual({
        ...expected,
        k,
        interrupted: 'interrupted',
      });
    }
  });

  test('a step that has not come to its end is done again, and only that', async () => {
    const bench = new Bench();
    const { run } = await bench.run(everything(new World()));
    const outcome = outcomeOf(bench, run);
    for (const k of range(calls).slice(1)) {
      const result = await interruptedAt(k, bench, () => {
        throw new Error('the process is gone');
      });
      expect(result).toMatchObject({ k, interrupted: 'interrupted', status: 'completed', outcome });
      const again = Object.entries(result.counts).filter(([what, count]) => what !== 'items' && count !== 1);
      expect({ k, again: again.length }).toEqual({
        k,
        again: 'items' in result.counts && result.counts.items === 2 && again.length === 0 ? 0 : 1,
      });
    }
  });

  test('and another after each resume, to the end', async () => {
    const bench = new Bench();
    const { run: never } = await bench.run(everything(new World()));
    const world = new World();
    let run: RunInProgress | undefined;
    const stopping = (what: string) => {
      // A list that is asked for only to be stopped is asked for for ever.
      if (what !== 'items') run?.run.stopping.request(interrupted);
      return world.act(what);
    };
    run = await bench.start(everything(world, stopping));
    let sessions = 1;
    for (; (await run.done).status === 'interrupted' && sessions < 100; sessions++)
      run = await resumeRun(bench.worker(everything(world, stopping)), run.id);
    expect(sessions).toBeGreaterThan(20);
    expect(outcomeOf(bench, run.id)).toEqual(outcomeOf(bench, never));
    expect(Object.entries(world.counts).filter(([what, count]) => what !== 'items' && count !== 1)).toEqual([]);
  });
});

describe('a resumed run', () => {
  test('goes on with as many batches at a time as before', async () => {
    const bench = new Bench();
    const gate = new Gate();
    const first = await bench.start(
      workflow(flow =>
        flow.forEach(
          'each',
          range(12),
          (_item, flow) => {
            flow.step('one', () => gate.pass());
          },
          { concurrency: 3 },
        ),
      ),
    );
    await gate.reached(3);
    first.run.stopping.request(interrupted);
    gate.open();
    await first.done;
    const meter = new Meter();
    const summary = await bench.resume(
      workflow(flow =>
        flow.forEach(
          'each',
          range(12),
          (_item, flow) => {
            flow.step('one', () => meter.during(() => turns()));
          },
          { concurrency: 3 },
        ),
      ),
      first.id,
    );
    expect(summary).toMatchObject({ status: 'completed', steps: { executed: 9 }, batches: { succeeded: 12 } });
    expect(meter.most).toBe(3);
  });

  test('counts the attempt that was cut short, and keeps it on record', async () => {
    const bench = new Bench();
    const seen: number[] = [];
    const build = (act: () => void) =>
      workflow(flow =>
        flow.step('one', async ctx => {
          seen.push(ctx.attempt);
          act();
          return 'done';
        }),
      );
    const first = await bench.start(
      build(() => {
        first.run.stopping.request(interrupted);
        throw new Error('gone');
      }),
    );
    await first.done;
    await bench.resume(
      build(() => {}),
      first.id,
    );
    expect(seen).toEqual([1, 2]);
    expect(attemptsOf(bench, first.id, 'one').map(({ session, status }) => [session, status])).toEqual([
      [1, 'interrupted'],
      [2, 'succeeded'],
    ]);
  });

  test('has its counts right from its first moment', async () => {
    const bench = new Bench();
    const build = (act: (item: number) => void) =>
      workflow(flow =>
        flow.forEach(
          'each',
          range(10),
          (item, flow) => {
            flow.step('one', async () => act(item));
          },
          { tolerateFailures: 1 },
        ),
      );
    const first = await bench.start(
      build(item => {
        if (item === 1) throw new Error('no');
        if (item === 4) first.run.stopping.request(interrupted);
      }),
    );
    await first.done;
    const second = await resumeRun(bench.worker(build(() => {})), first.id);
    expect([...second.run.progress.values()]).toMatchObject([
      { items: { total: 10, succeeded: 4, failed: 1, running: 0, waiting: 5, cancelled: 0, setAside: 0 } },
    ]);
    expect(await second.done).toMatchObject({ status: 'completed', items: { total: 10, succeeded: 9, failed: 1 } });
  });

  test('has them right for batches that were still to be cut, inside a body that could not be drawn', async () => {
    const bench = new Bench();
    const build = (act: () => void) =>
      workflow(flow =>
        flow.forEach('outer', [{ list: range(3_001) }], ({ list }, flow) => {
          flow.batch('inner', { items: list, size: 2 }, (_batch, flow) => {
            flow.step('one', async () => act());
          });
        }),
      );
    const first = await bench.start(build(() => first.run.stopping.request(interrupted)));
    const { nodes } = await first.done;
    expect(nodes[1]).toMatchObject({ batches: { total: 1_501 }, items: { total: 3_001 } });
    expect(bench.db.prepare('select count(*) as cut from batches').get()).not.toEqual({ cut: 1 + 1_501 });
    const second = await resumeRun(bench.worker(build(() => {})), first.id);
    expect([...second.run.progress.values()]).toMatchObject(nodes);
    second.run.stopping.request(interrupted);
    expect((await second.done).nodes[1]).toMatchObject({ batches: { total: 1_501 }, items: { total: 3_001 } });
  });

  test("begins no batch after a failure with onBatchError 'stop', and ends those that had begun", async () => {
    const bench = new Bench();
    const world = new World('one 1');
    const gate = new Gate();
    const build = (wait: boolean) =>
      workflow(flow =>
        flow.forEach(
          'each',
          range(10),
          (item, flow) => {
            flow
              .step('one', async () => {
                if (wait && item === 0) await gate.pass();
                return world.act(`one ${item}`);
              })
              .step('two', async () => world.act(`two ${item}`));
          },
          { concurrency: 2, onBatchError: 'stop' },
        ),
      );
    const first = await bench.start(build(true));
    await gate.reached();
    await turns(20);
    first.run.stopping.request(interrupted);
    gate.open();
    expect(await first.done).toMatchObject({ status: 'interrupted', batches: { failed: 1, waiting: 9 } });
    expect(await bench.resume(build(false), first.id)).toMatchObject({
      status: 'failed',
      batches: { succeeded: 1, failed: 1, waiting: 8 },
    });
    expect(world.entries).toEqual(['one 1', 'one 0', 'two 0']);
    world.mend();
    expect(await bench.rerun(build(false), first.id)).toMatchObject({
      status: 'completed',
      batches: { succeeded: 10 },
    });
  });

  test('leaves nothing in the store that looks as if it were running, once it is interrupted', async () => {
    const bench = new Bench();
    const gate = new Gate();
    const run = await bench.start(
      workflow(flow =>
        flow.forEach(
          'each',
          range(4),
          (item, flow) => {
            if (item === 0) flow.sleep('nap', '1h');
            flow.step('one', () => gate.pass());
          },
          { concurrency: 2 },
        ),
      ),
    );
    await gate.reached();
    const running = () =>
      bench.db
        .prepare(
          'select (select count(*) from batches where status = 1) as batches, (select count(*) from steps where status = 1) as steps',
        )
        .get();
    // After a while the run says in the store what is in flight.
    await vi.waitFor(() => expect(running()).toEqual({ batches: 2, steps: 3 }), 5_000);
    run.run.stopping.request(interrupted);
    gate.open();
    expect(await run.done).toMatchObject({ status: 'interrupted', batches: { waiting: 3, succeeded: 1 } });
    expect(running()).toEqual({ batches: 0, steps: 0 });
  });
});

describe('a while that is resumed', () => {
  test('goes on with what the rounds before have left, in ctx.last and in ctx.steps', async () => {
    const bench = new Bench();
    const build = (world: World, act: (what: string) => unknown) =>
      workflow(flow =>
        flow
          .step('begin', async () => 0)
          .while(
            'loop',
            ctx => {
              act('ask');
              return (ctx.steps.add?.output ?? 0) < 3;
            },
            flow => {
              flow
                .step('add', async ctx => {
                  act('add');
                  return (ctx.last ?? 0) + 1;
                })
                .action('note', async ctx => {
                  act('note');
                  world.note(`last ${ctx.last}`);
                });
            },
          )
          .step('end', async ctx => ctx.steps.loop?.output),
      );
    const never = new World();
    const { run } = await bench.run(build(never, () => {}));
    expect(never.entries).toEqual(['last 1', 'last 2', 'last 3']);
    for (const k of range(10).slice(1)) {
      const world = new World();
      let acts = 0;
      const first = await bench.start(
        build(world, () => {
          acts += 1;
          if (acts === k) first.run.stopping.request(interrupted);
        }),
      );
      expect(await first.done).toMatchObject({ status: 'interrupted' });
      await bench.resume(
        build(world, () => {}),
        first.id,
      );
      expect({ k, entries: world.entries, outcome: outcomeOf(bench, first.id) }).toEqual({
        k,
        entries: never.entries,
        outcome: outcomeOf(bench, run),
      });
    }
  });
});

describe('which runs can be resumed', () => {
  const resumable = ['running', 'paused', 'interrupted'] as const;
  const refused = [
    ['completed', /Run 7 has completed: there is nothing to resume\. .*cronflow rerun 7 --batches all/],
    ['failed', /Run 7 has failed, it was not interrupted\. .*cronflow rerun 7/],
    ['cancelled', /Run 7 was cancelled\. .*cronflow rerun 7/],
  ] as const;

  test('for every status it is known', () => {
    expect([...resumable, ...refused.map(([status]) => status)].toSorted()).toEqual([...RUN_STATUSES].toSorted());
  });

  test.each(resumable)('one that is %s', status => {
    expect(() => checkResumable({ id: 7, status })).not.toThrow();
  });

  test.each(refused)('not one that is %s, and the refusal says what can be done instead', (status, message) => {
    expect(() => checkResumable({ id: 7, status })).toThrowError(
      expect.objectContaining({ name: 'RunStateError', message: expect.stringMatching(message) }),
    );
  });

  /** A run of two steps, of which the first ends it in some way. */
  async function ended(end: (run?: RunInProgress) => void) {
    const bench = new Bench();
    let run: RunInProgress | undefined;
    const build = (act: () => void) => workflow(flow => flow.step('one', async () => act()).step('two', async () => 2));
    run = await bench.start(build(() => end(run)));
    const { status } = await run.done;
    return { bench, run: run.id, status, resume: () => resumeRun(bench.worker(build(() => {})), run.id) };
  }

  test.each(['interrupted', 'paused'] as const)('a run that has ended as %s goes on to its end', async as => {
    const { status, resume } = await ended(run => run?.run.stopping.request({ as, reason: 'test' }));
    expect(status).toBe(as);
    expect(await (await resume()).done).toMatchObject({ status: 'completed', reason: undefined, output: 2 });
  });

  test.each<[string, (run?: RunInProgress) => void]>([
    ['completed', () => {}],
    [
      'failed',
      () => {
        throw new Error('no');
      },
    ],
    ['cancelled', run => run?.run.stopping.request({ as: 'cancelled', reason: 'test' })],
  ])('a run that has ended as %s is refused, and left as it was', async (as, end) => {
    const { bench, status, resume } = await ended(end);
    expect(status).toBe(as);
    const content = () => [
      bench.db.prepare('select * from runs').all(),
      bench.db.prepare('select * from leases').all(),
      bench.db.prepare('select * from sessions').all(),
    ];
    const before = content();
    await expect(resume()).rejects.toThrow(RunStateError);
    expect(content()).toEqual(before);
  });

  test('not one that is not there', async () => {
    const bench = new Bench();
    const definition = workflow(flow => flow.step('one', async () => 1));
    for (const take of [
      () => resumeRun(bench.worker(definition), 12),
      () => rerunRun(bench.worker(definition), 12, { batches: 'failed' }),
    ]) {
      await expect(take()).rejects.toThrow(/There is no run 12 in this store/);
    }
  });
});
