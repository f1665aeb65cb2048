import { drainWorker } from '../../engine/store/drain-worker.ts';
import { workerLines } from '../../engine/store/worker-queries.ts';
import { describe, expect, test } from 'vitest';
import { Gate, Ledger, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { RemoteBench } from './remote-bench.ts';

/** Waits for something that others bring about. */
async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 4_000, interval: 5 }).toBe(true);
}

/** Batches that wait at a gate, so many of them at a time. */
function gated(batches: number, concurrency: number) {
  const gate = new Gate();
  const definition = workflow(flow =>
    flow.batch('work', { items: range(batches), size: 1, concurrency }, (_items, flow) => {
      flow.step('one', () => gate.pass());
    }),
  );
  return { gate, bench: new RemoteBench(), definition };
}

describe('a run with workers on other machines', () => {
  test('comes to the same as in one process, over a network that loses, repeats and reorders', async () => {
    const build = () => {
      const ledger = new Ledger();
      const definition = workflow(flow =>
        flow
          .step('first', () => 5)
          .batch('work', { items: range(20), size: 2, concurrency: 6, onBatchError: 'continue' }, (items, flow) => {
            flow
              .step('add', async ctx => {
                await ctx.state.update(
                  'sum',
                  (sum = 0) => Number(sum) + items.reduce<number>((a, b) => a + Number(b), 0),
                );
                ledger.note(`add ${String(items[0])}`);
              })
              .forEach('inner', ['x', 'y'], (letter, flow) => {
                flow.step('fails', () => {
                  if (items[0] === 6 && letter === 'y') throw new Error('six');
                  return letter;
                });
              });
          })
          .step('last', ctx => ctx.state.get('sum')),
      );
      return { definition, ledger };
    };
    const here = build();
    const local = await new Bench().run(here.definition);
    const there = build();
    const bench = new RemoteBench(7);
    bench.network.faults = { loss: 0.05, repeat: 0.2, leastMs: 1, mostMs: 60 };
    await bench.prepare(there.definition);
    const [one, two] = [await bench.join(), await bench.join()];
    const remote = await bench.run(there.definition);
    const pick = ({ status, batches, items, state, error }: typeof local) => ({ status, batches, items, state, error });
    expect(pick(remote)).toEqual(pick(local));
    // Where nothing of a worker comes through for too long, another one repeats what was in flight: counted once, as the sum says.
    expect(new Set(there.ledger.entries)).toEqual(new Set(here.ledger.entries));
    // All of them were executed there.
    expect(new Set([...one.given, ...two.given])).toEqual(new Set(range(10)));
  });

  test('goes on when one of them dies: its batches go to another, from their checkpoints on', async () => {
    const gate = new Gate();
    const ledger = new Ledger();
    const bench = new RemoteBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: range(6), size: 1, concurrency: 4 }, ([item], flow) => {
        flow
          .step('one', () => ledger.note(`one ${String(item)}`))
          .step('two', async () => {
            ledger.note(`two ${String(item)}`);
            await gate.pass();
          });
      }),
    );
    await bench.prepare(definition);
    const [first, second] = [await bench.join({ concurrency: 2 }), await bench.join({ concurrency: 2 })];
    const run = await bench.start(definition);
    await gate.reached(4);
    await turns(50);
    const had = first.given;
    expect(had).toHaveLength(2);
    first.die();
    await until(() => bench.logged.some(text => text.includes('nothing was heard of it for 3 s')));
    gate.open();
    const summary = await run.done;
    expect(summary.batches).toMatchObject({ succeeded: 6 });
    expect(second.given.toSorted()).toEqual(range(6));
    for (const index of range(6)) {
      expect(ledger.entries.filter(entry => entry === `one ${index}`)).toHaveLength(1);
      expect(ledger.entries.filter(entry => entry === `two ${index}`)).toHaveLength(had.includes(index) ? 2 : 1);
    }
  });

  test('hears at once of a process that has ended, and gives the worker others later', async () => {
    const { gate, bench, definition } = gated(2, 2);
    await bench.prepare(definition);
    const machine = await bench.join();
    const run = await bench.start(definition);
    await gate.reached(2);
    machine.workers.all[0]?.die('it was killed by SIGKILL');
    await until(() => machine.workers.all.length === 2);
    gate.open();
    expect((await run.done).batches).toMatchObject({ succeeded: 2 });
    expect(bench.logged).toContainEqual(expect.stringContaining('it was killed by SIGKILL'));
  });

  test('waits for a worker with its code, says what there is, and goes on when one comes', async () => {
    const bench = new RemoteBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: range(3), size: 1 }, (_items, flow) => {
        flow.step('one', () => 1);
      }),
    );
    await bench.prepare(definition);
    const run = await bench.start(definition);
    await until(() => bench.logged.includes('The run waits for a worker with its code: there is none at the queue.'));
    const others = [await bench.join({ code: 'other' }), await bench.join({ code: 'older' })];
    await until(() => bench.logged.includes('The run waits for a worker with its code: 2 have other code.'));
    const machine = await bench.join();
    expect((await run.done).status).toBe('completed');
    expect(machine.given).toHaveLength(3);
    expect(others.flatMap(({ events }) => events)).toEqual([]);
    const told = workerLines(bench.db, run.id, 10).map(({ address, status, code }) => [address, status, code]);
    expect(told).toEqual([
      ['machine-1', 'refused', 'other'],
      ['machine-2', 'refused', 'other'],
      ['machine-3', 'working', 'same'],
    ]);
  });

  test('does not begin again with a worker that a person has drained from it', async () => {
    const { gate, bench, definition } = gated(8, 4);
    await bench.prepare(definition);
    const [first] = [await bench.join({ concurrency: 2 }), await bench.join({ concurrency: 2 })];
    const run = await bench.start(definition);
    await gate.reached(4);
    const worker = workerLines(bench.db, run.id, 10).find(({ address }) => address === 'machine-1')?.worker ?? 0;
    drainWorker(bench.db, run.id, worker);
    const statusOf = () => workerLines(bench.db, run.id, 10).find(line => line.worker === worker)?.status;
    await until(() => statusOf() === 'draining');
    const given = first.given.length;
    gate.open();
    expect((await run.done).batches).toMatchObject({ succeeded: 8 });
    expect(statusOf()).toBe('drained');
    // What was on its way to it, and not begun, it may have given back.
    expect(first.given.length).toBe(given);
    expect(workerLines(bench.db, run.id, 10).filter(({ address }) => address === 'machine-1')).toHaveLength(1);
    expect(first.reasons).toEqual(['this worker has drained']);
  });

  test('lets a worker drain: it finishes what it has, takes nothing new, and its end is no loss', async () => {
    const { gate, bench, definition } = gated(8, 4);
    await bench.prepare(definition);
    const [first, second] = [await bench.join({ concurrency: 2 }), await bench.join({ concurrency: 2 })];
    const run = await bench.start(definition);
    await gate.reached(4);
    const drained = first.host.drain();
    await until(() => bench.directory.cards.get('machine-1')?.isDraining === true);
    gate.open();
    await drained;
    const summary = await run.done;
    expect(summary.batches).toMatchObject({ succeeded: 8 });
    expect(first.given).toHaveLength(2);
    expect(second.given).toHaveLength(6);
    expect(bench.logged.filter(text => text.includes('is lost'))).toEqual([]);
  });

  test('refuses a batch that is too large for a queue, and says what to do', async () => {
    const bench = new RemoteBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: ['small', 'x'.repeat(300_000)], size: 1 }, (_items, flow) => {
        flow.step('one', () => 1);
      }),
    );
    await bench.prepare(definition);
    await bench.join();
    const summary = await bench.run(definition);
    expect(summary.batches).toMatchObject({ succeeded: 1, failed: 1 });
    expect(summary.error?.message).toContain('Its items are 293 KiB, and');
    expect(summary.error?.message).toContain('give it keys');
  });

  test('cancels a batch that a worker holds back, and goes on with the others', async () => {
    const gate = new Gate();
    const bench = new RemoteBench();
    const executed: unknown[] = [];
    const definition = workflow(flow =>
      flow.batch('work', { items: range(70), size: 1, concurrency: 2 }, ([item], flow) => {
        flow.step('one', async () => {
          executed.push(item);
          // So that short ones before them have shown that it is well to hold some back.
          if (Number(item) >= 20) await gate.pass();
        });
      }),
    );
    await bench.prepare(definition);
    const machine = await bench.join({ concurrency: 2 });
    const { run, done } = await bench.start(definition);
    await gate.reached(2);
    await until(() => [...run.progress.values()].some(({ batches }) => batches.running >= 10));
    expect(machine.host.inFlight).toBe(2);
    expect(machine.given).toHaveLength(22);
    // The ids of batches are their indices and one.
    run.batchCancels.ask(24, 'no');
    await until(() => [...run.progress.values()].some(({ batches }) => batches.cancelled === 1));
    gate.open();
    const summary = await done;
    expect(summary.batches).toMatchObject({ succeeded: 69, failed: 0, cancelled: 1 });
    expect(executed).not.toContain(23);
  });

  test('goes on when the server comes back, and says that it was away', async () => {
    const { gate, bench, definition } = gated(4, 2);
    await bench.prepare(definition);
    const machine = await bench.join();
    const run = await bench.start(definition);
    await gate.reached(2);
    bench.network.away = 'refuses';
    gate.open();
    await until(() =>
      bench.logged.some(text => text.startsWith("The queue's server does not answer: connect ECONNREFUSED")),
    );
    bench.network.empty();
    bench.network.away = undefined;
    expect((await run.done).batches).toMatchObject({ succeeded: 4 });
    expect(bench.logged).toContain("The queue's server answers again.");
    expect(machine.given.toSorted()).toEqual([0, 1, 2, 3]);
  });

  test('never has more batches at a worker than that executes at a time, nor more in all than the node says', async () => {
    const bench = new RemoteBench();
    let [most, now] = [0, 0];
    const definition = workflow(flow =>
      flow.batch('work', { items: range(30), size: 1, concurrency: 5 }, (_items, flow) => {
        flow.step('one', async () => {
          now += 1;
          most = Math.max(most, now);
          await turns(3);
          now -= 1;
        });
      }),
    );
    await bench.prepare(definition);
    await bench.join({ concurrency: 2 });
    await bench.join({ concurrency: 8 });
    expect((await bench.run(definition)).status).toBe('completed');
    expect(most).toBeLessThanOrEqual(5);
    expect(most).toBeGreaterThan(2);
  });

  test('executes its own batches there, and here those of the runs that its steps have begun', async () => {
    const child = workflow(flow =>
      flow.batch('inner', { items: range(6), size: 1, concurrency: 2 }, ([item], flow) => {
        flow.step('one', () => item);
      }),
    );
    const bench = new RemoteBench(1, { otherWorkflow: () => ({ definition: child, file: '/test/child.ts' }) });
    const definition = workflow(flow =>
      flow
        .forEach('parts', [1, 2], (_item, flow) => void flow.subflow('part', 'child'), { concurrency: 2 })
        .batch('work', { items: range(3), size: 1, concurrency: 2 }, ([item], flow) => {
          flow.step('one', () => item);
        }),
    );
    await bench.prepare(definition);
    const machine = await bench.join();
    expect(await bench.run(definition)).toMatchObject({ status: 'completed', batches: { total: 5, succeeded: 5 } });
    expect(machine.given.toSorted()).toEqual(range(3));
    expect(machine.events.filter(event => event === 'begins')).toHaveLength(1);
  });

  test('ends the session of a worker when it has ended itself', async () => {
    const bench = new RemoteBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: range(2), size: 1 }, (_items, flow) => {
        flow.step('one', () => 1);
      }),
    );
    await bench.prepare(definition);
    const machine = await bench.join();
    await bench.run(definition);
    await until(() => machine.workers.living.length === 0);
    expect(machine.events).toEqual(['begins', 'ends']);
    expect(machine.reasons).toEqual(['it is completed']);
  });

  test.for([
    ['paused', 'it is paused'],
    ['cancelled', 'it was cancelled'],
    ['interrupted', 'it was interrupted'],
    ['failed', 'it has failed'],
  ] as const)('tells its workers that it is over when it is %s', async ([as, reason]) => {
    const gate = new Gate();
    const bench = new RemoteBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: range(2), size: 1 }, (_items, flow) => {
        flow.step('one', async () => {
          await gate.pass();
          if (as === 'failed') throw new Error('no');
        });
      }),
    );
    await bench.prepare(definition);
    const machine = await bench.join();
    const run = await bench.start(definition);
    await gate.reached(1);
    if (as !== 'failed') run.run.stopping.request({ as, reason: 'test' });
    gate.open();
    expect((await run.done).status).toBe(as);
    await until(() => machine.reasons.length > 0);
    expect(machine.reasons).toEqual([reason]);
  });
});
