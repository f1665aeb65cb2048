import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkResumable, rerunRun, resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { Lease, RunTakenError } from '../../engine/store/leases.ts';
import { identityOf, type ProcessIdentity } from '../../engine/store/process-identity.ts';
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
        run?.stop(interrupted);
        leave();
      }
      return done;
    };
    run = await bench.start(everything(world, act));
    if (k === 0) run.stop(interrupted);
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
      if (what !== 'items') run?.stop(interrupted);
      return world.act(what);
    };
    run = await bench.start(everything(world, stopping));
    let sessions = 1;
    for (; (await run.done).status === 'interrupted' && sessions < 100; sessions++)
      run = resumeRun(bench.worker(everything(world, stopping)), run.id);
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
    first.stop(interrupted);
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
        first.stop(interrupted);
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
        if (item === 4) first.stop(interrupted);
      }),
    );
    await first.done;
    const second = resumeRun(bench.worker(build(() => {})), first.id);
    expect([...second.run.progress.values()]).toMatchObject([
      { items: { total: 10, succeeded: 4, failed: 1, running: 0, waiting: 5, cancelled: 0 } },
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
    const first = await bench.start(build(() => first.stop(interrupted)));
    const { nodes } = await first.done;
    expect(nodes[1]).toMatchObject({ batches: { total: 1_501 }, items: { total: 3_001 } });
    expect(bench.db.prepare('select count(*) as cut from batches').get()).not.toEqual({ cut: 1 + 1_501 });
    const second = resumeRun(bench.worker(build(() => {})), first.id);
    expect([...second.run.progress.values()]).toMatchObject(nodes);
    second.stop(interrupted);
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
    first.stop(interrupted);
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
    run.stop(interrupted);
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
          if (acts === k) first.stop(interrupted);
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
    const { status, resume } = await ended(run => run?.stop({ as, reason: 'test' }));
    expect(status).toBe(as);
    expect(await resume().done).toMatchObject({ status: 'completed', reason: undefined, output: 2 });
  });

  test.each<[string, (run?: RunInProgress) => void]>([
    ['completed', () => {}],
    [
      'failed',
      () => {
        throw new Error('no');
      },
    ],
    ['cancelled', run => run?.stop({ as: 'cancelled', reason: 'test' })],
  ])('a run that has ended as %s is refused, and left as it was', async (as, end) => {
    const { bench, status, resume } = await ended(end);
    expect(status).toBe(as);
    const content = () => [
      bench.db.prepare('select * from runs').all(),
      bench.db.prepare('select * from leases').all(),
      bench.db.prepare('select * from sessions').all(),
    ];
    const before = content();
    expect(resume).toThrow(RunStateError);
    expect(content()).toEqual(before);
  });

  test('not one that is not there', () => {
    const bench = new Bench();
    const definition = workflow(flow => flow.step('one', async () => 1));
    for (const take of [
      () => resumeRun(bench.worker(definition), 12),
      () => rerunRun(bench.worker(definition), 12, { batches: 'failed' }),
    ]) {
      expect(take).toThrow(/There is no run 12 in this store/);
    }
  });
});

describe('the owner of a run', () => {
  /** A process that does nothing until it is killed. */
  async function bystander(): Promise<ChildProcess & { pid: number }> {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child as ChildProcess & { pid: number };
  }

  /** A run that was in progress when its process, of the given identity, was last heard of. */
  async function runOwnedBy(owner: ProcessIdentity, heartbeat = Date.now()) {
    const bench = new Bench();
    const build = (act: () => void) => workflow(flow => flow.step('one', async () => act()).step('two', async () => 2));
    const run = await bench.start(build(() => run.stop(interrupted)));
    await run.done;
    bench.db.prepare(`update runs set status = 'running' where id = ?`).run(run.id);
    bench.db
      .prepare('insert into leases (run, owner, pid, born, host, heartbeat) values (?, ?, ?, ?, ?, ?)')
      .run(run.id, 'somebody', owner.pid, owner.born ?? null, owner.host, heartbeat);
    return {
      resume: () => resumeRun(bench.worker(build(() => {})), run.id),
      rerun: () => rerunRun(bench.worker(build(() => {})), run.id, { batches: 'failed' }),
      bench,
      run: run.id,
    };
  }

  test('that is alive keeps it, and is named; when it is killed, the run can be taken', async () => {
    const owner = await bystander();
    const { resume, rerun, bench } = await runOwnedBy(identityOf(owner.pid));
    const before = bench.db.prepare('select * from leases').all();
    for (const take of [resume, rerun]) {
      expect(take).toThrowError(
        expect.objectContaining({
          name: 'RunTakenError',
          pid: owner.pid,
          message: expect.stringMatching(new RegExp(`Run 1 is being worked on by process ${owner.pid} `)),
        }),
      );
    }
    expect(bench.db.prepare('select * from leases').all()).toEqual(before);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await resume().done).toMatchObject({ status: 'completed', output: 2 });
    expect(bench.db.prepare('select * from leases').all()).toEqual([]);
  });

  test('whose pid now is that of another process is gone', async () => {
    const other = await bystander();
    const { resume } = await runOwnedBy({ ...identityOf(other.pid), born: '1' });
    expect(await resume().done).toMatchObject({ status: 'completed' });
  });

  test('on another machine keeps it as long as it is heard of', async () => {
    const elsewhere = { pid: process.pid, born: undefined, host: 'another-machine' };
    expect((await runOwnedBy(elsewhere)).resume).toThrow(RunTakenError);
    expect(await (await runOwnedBy(elsewhere, Date.now() - 31_000)).resume().done).toMatchObject({
      status: 'completed',
    });
  });

  test('can be this very process: what it works on cannot be taken a second time', async () => {
    const bench = new Bench();
    const gate = new Gate();
    const build = () => workflow(flow => flow.step('one', () => gate.pass()));
    const run = await bench.start(build());
    expect(() => resumeRun(bench.worker(build()), run.id)).toThrow(RunTakenError);
    gate.open();
    expect(await run.done).toMatchObject({ status: 'completed' });
  });

  test('that has lost it does not hold it any more', async () => {
    const owner = await bystander();
    const { bench, run } = await runOwnedBy(identityOf(owner.pid));
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const first = Lease.take(bench.db, run, Date.now());
    expect(first.renew(Date.now())).toBe(true);
    bench.db.prepare(`update leases set owner = 'another'`).run();
    expect(first.renew(Date.now())).toBe(false);
    first.release();
    expect(bench.db.prepare('select owner from leases').all()).toEqual([{ owner: 'another' }]);
  });
});
