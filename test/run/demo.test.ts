import { describe, expect, test } from 'vitest';
import { rerunRun, resumeRun, startDemo, type RunEnvironment } from '../../engine/run/execute.ts';
import { deleteDemos } from '../../engine/store/delete-demos.ts';
import { listBatches } from '../../engine/store/queries.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Context, Workflow } from '../../engine/workflow/types.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { SimulatedClock } from '../support/clock.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';

const ITEMS = Array.from({ length: 40 }, (_, index) => index);

/** Forty batches of one item, whose step does what it is told. */
function batches(
  demo: object,
  act: (ctx: Context, items: number[]) => unknown = () => undefined,
  rules: Record<string, unknown> = {},
): Definition {
  return workflow(
    flow => {
      flow.batch('clean', { items: ITEMS, size: 1, concurrency: 4, ...rules }, (items, inner) => {
        inner.step('tidy', ctx => act(ctx as Context, items));
        inner.step('store', () => 'stored');
      });
    },
    { demo },
  );
}

async function demo(bench: Bench, definition: Definition) {
  return await (
    await startDemo(bench.worker(definition), '/test/workflow.ts')
  ).done;
}

function failed(bench: Bench, run = 1): number[] {
  return [...listBatches(bench.db, run, { statuses: ['failed'] }, false)].map(({ index }) => index);
}

describe('a demo', () => {
  test('fails in the batches that its author names, with the message that they write, at the step in the file', async () => {
    const bench = new Bench();
    const done: number[] = [];
    const definition = batches(
      { fail: [{ step: 'clean/tidy', batches: [3, 7], error: 'The bank does not answer' }] },
      (_, items) => done.push(...items),
    );
    expect(await demo(bench, definition)).toMatchObject({ status: 'failed', demo: true, batches: { failed: 2 } });
    expect(failed(bench)).toEqual([3, 7]);
    expect(done).not.toContain(3);
    const [first] = listBatches(bench.db, 1, { statuses: ['failed'] }, false);
    expect(first?.error).toMatchObject({
      message: 'The bank does not answer',
      name: 'Error',
      step: 'clean/tidy',
      at: { file: expect.stringMatching(/demo\.test\.ts$/) },
    });
  });

  test('heals with the re-run of its failed batches, and stays a demo', async () => {
    const bench = new Bench();
    const definition = batches({ fail: [{ step: 'tidy', share: 0.2, error: 'No answer' }] });
    const first = await demo(bench, definition);
    expect(first.batches.failed).toBeGreaterThan(2);
    expect(await bench.rerun(definition, first.run)).toMatchObject({ status: 'completed', demo: true });
  });

  test.each([1, 5, 40])('fails in the same batches at a concurrency of %i', async concurrency => {
    const bench = new Bench();
    await demo(
      bench,
      batches({ seed: 'fair', fail: [{ step: 'tidy', share: 0.15, error: 'No answer' }] }, undefined, { concurrency }),
    );
    expect(failed(bench)).toEqual([0, 20, 27, 30, 32]);
  });

  test('fails in others with another seed, and in about the share that it names', async () => {
    const seeds = await Promise.all(
      [1, 2, 3, 4, 5].map(async seed => {
        const bench = new Bench();
        await demo(bench, batches({ seed, fail: [{ step: 'tidy', share: 0.25, error: 'No answer' }] }));
        return failed(bench);
      }),
    );
    expect(new Set(seeds.map(String)).size).toBe(5);
    const share = seeds.flat().length / (5 * ITEMS.length);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });

  test('that is resumed fails in the batches in which it would have failed', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    let hasStopped = false;
    const definition = batches(
      { seed: 'fair', fail: [{ step: 'tidy', share: 0.15, error: 'No answer' }] },
      (_, [item]) => {
        if (item !== 15 || hasStopped) return;
        hasStopped = true;
        interruption.here();
      },
    );
    const { run } = await interruption.run(
      Object.assign(bench, { start: (given: Definition) => startDemo(bench.worker(given), '/test/workflow.ts') }),
      definition,
    );
    expect(failed(bench)).toEqual([0]);
    await bench.resume(definition, run);
    expect(failed(bench)).toEqual([0, 20, 27, 30, 32]);
  });

  test('whose re-run was interrupted is healed for the rest, too', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    let isRerun = false;
    const definition = batches({ fail: [{ step: 'tidy', error: 'No answer' }] }, () => {
      if (isRerun) interruption.here();
    });
    const first = await demo(bench, definition);
    isRerun = true;
    await interruption.run(
      Object.assign(bench, {
        start: (given: Definition) => rerunRun(bench.worker(given), first.run, { batches: 'failed' }),
      }),
      definition,
    );
    const resumed = await resumeRun(bench.worker(definition), first.run);
    expect(await resumed.done).toMatchObject({ status: 'completed' });
  });

  test('has each attempt fail, so that a retry shows and does not heal', async () => {
    const bench = new Bench();
    const definition = batches({ fail: [{ step: 'tidy', batches: [2], error: 'No answer' }] }, undefined, {
      retry: { attempts: 3, backoff: { delay: 0 } },
    });
    await demo(bench, definition);
    expect([...listBatches(bench.db, 1, { statuses: ['failed'] }, false)].map(({ attempts }) => attempts)).toEqual([3]);
  });

  test('throws the very error that its author made, for their retryOn and explain', async () => {
    const bench = new Bench();
    const definition = workflow(
      flow => {
        flow.forEach('each', [1], (_, inner) => {
          inner.step({ id: 'act', explain: error => `code ${(error as { code?: string }).code}` }, () => undefined);
        });
      },
      { demo: { fail: [{ step: 'act', error: Object.assign(new TypeError('gone'), { code: 'E-7' }) }] } },
    );
    await demo(bench, definition);
    const [batch] = listBatches(bench.db, 1, {}, false);
    expect(batch?.error).toMatchObject({
      name: 'TypeError',
      message: 'gone',
      explain: 'code E-7',
      fields: { code: 'E-7' },
    });
  });

  test('takes its pace at each step, the same each time, and no timeout counts that', async () => {
    const took = async () => {
      const clock = new SimulatedClock();
      const bench = new Bench({ clock });
      const definition = workflow(
        flow => {
          flow.step('slow', () => 1).timeout(50);
          flow.forEach('each', [1, 2, 3], (_, inner) => inner.step('act', () => undefined), {
            concurrency: 1,
            timeout: 50,
          });
        },
        { demo: { pace: '1s' } },
      );
      const running = await startDemo(bench.worker(definition), '/test/workflow.ts');
      expect(await clock.settle(running.done)).toMatchObject({ status: 'completed' });
      return bench.db
        .prepare(
          "select round(s.ended_at - s.started_at) from steps s join nodes n using (run, node) where n.kind = 'step'",
        )
        .pluck()
        .all();
    };
    const first = await took();
    expect(await took()).toEqual(first);
    const paced = first as number[];
    expect(paced).toHaveLength(4);
    for (const ms of paced) expect(ms).toSatisfy((at: number) => at >= 500 && at < 1_600);
    expect(new Set(paced).size).toBe(4);
  });

  test('ends a step that hangs by itself, at its timeout', async () => {
    const clock = new SimulatedClock();
    const bench = new Bench({ clock });
    const definition = workflow(flow => flow.step('hangs', () => new Promise(() => undefined)).timeout(50), {
      demo: { pace: '1s' },
    });
    const running = await startDemo(bench.worker(definition), '/test/workflow.ts');
    expect(await clock.settle(running.done)).toMatchObject({
      status: 'failed',
      error: { message: '"hangs" took longer than its timeout of 50 ms' },
    });
  });

  test('that is stopped while it takes its time stops at once, and executes nothing more', async () => {
    const clock = new SimulatedClock();
    const bench = new Bench({ clock });
    const done: number[] = [];
    const definition = batches({ pace: '10s' }, (_, items) => done.push(...items));
    const running = await startDemo(bench.worker(definition), '/test/workflow.ts');
    await clock.advance(100);
    running.run.stopping.request({ as: 'paused', reason: 'test' });
    await clock.advance(1);
    expect(await running.done).toMatchObject({ status: 'paused' });
    expect(done).toEqual([]);
  });

  test('only pretends its effects, and its receipts are what their author has for a demo', async () => {
    const bench = new Bench();
    const sent: string[] = [];
    const receipts: unknown[] = [];
    const definition = workflow(
      flow => {
        flow.forEach('each', ['a', 'b'], (name, inner) =>
          inner.step('mail', async ctx => {
            const send = () => {
              sent.push(name);
              return { id: name };
            };
            receipts.push(await ctx.effect(`mail ${name}`, send, { inDemo: key => ({ id: `demo ${key}` }) }));
            receipts.push(await ctx.effect(`note ${name}`, send, { verify: () => sent.push('asked') as never }));
          }),
        );
      },
      { demo: { fail: [] } },
    );
    expect(await demo(bench, definition)).toMatchObject({ status: 'completed' });
    expect(sent).toEqual([]);
    expect(receipts).toEqual([{ id: 'demo mail a' }, undefined, { id: 'demo mail b' }, undefined]);
    expect(bench.db.prepare('select distinct status from effects').pluck().all()).toEqual(['done']);
  });

  test('pretends an effect once more that was cut off, and asks nobody', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    let asked = 0;
    const definition = workflow(
      flow => {
        flow.forEach('each', ['a'], (_, inner) =>
          inner.step('mail', ctx =>
            ctx.effect('mail', () => 'sent', {
              verify: () => void (asked += 1),
              inDemo: () => (interruption.here(), 'pretended') as string,
            }),
          ),
        );
      },
      { demo: {} },
    );
    const started = Object.assign(bench, {
      start: (given: Definition) => startDemo(bench.worker(given), '/test/workflow.ts'),
    });
    const { run } = await interruption.run(started, definition);
    expect(bench.db.prepare('select status from effects').pluck().all()).toEqual(['unknown']);
    expect(await bench.resume(definition, run)).toMatchObject({ status: 'completed' });
    expect(asked).toBe(0);
  });

  test('calls no hook, and tells its steps that it is one', async () => {
    const bench = new Bench();
    const called: string[] = [];
    const definition = workflow(flow => flow.step('ask', ctx => ctx.run.isDemo), {
      demo: {},
      hooks: { onSuccess: () => called.push('onSuccess') },
    });
    expect(await demo(bench, definition)).toMatchObject({ output: true });
    expect(called).toEqual([]);
    expect(await bench.run(definition)).toMatchObject({ output: false });
    expect(called).toEqual(['onSuccess']);
  });

  test('executes the batches of workers in its own process, with its failures', async () => {
    const startWorker: RunEnvironment['startWorker'] = () => {
      throw new Error('a demo starts no worker');
    };
    const bench = new Bench({ startWorker });
    await demo(
      bench,
      batches({ fail: [{ step: 'tidy', batches: [5], error: 'No answer' }] }, undefined, { workers: 2 }),
    );
    expect(failed(bench)).toEqual([5]);
  });

  test('begins with the payload that is for it', async () => {
    const bench = new Bench();
    const definition = workflow(flow => flow.step('read', ctx => ctx.payload), { demo: { payload: { since: 'May' } } });
    expect(await demo(bench, definition)).toMatchObject({ output: { since: 'May' } });
  });

  test('changes nothing about other runs of its workflow', async () => {
    const bench = new Bench();
    const summary = await bench.run(batches({ pace: '1h', fail: [{ step: 'tidy', error: 'No answer' }] }));
    expect(summary).toMatchObject({ status: 'completed' });
    expect(summary).not.toHaveProperty('demo');
  });

  test('is gone with all others of its store, other runs stay, and in an empty store the next one is run 1 again', async () => {
    const bench = new Bench();
    const definition = batches({});
    await demo(bench, definition);
    const real = await bench.run(definition);
    await demo(bench, definition);
    expect(deleteDemos(bench.db, () => 1)).toEqual([1, 3]);
    expect(bench.db.prepare('select id from runs').pluck().all()).toEqual([real.run]);
    const alone = new Bench();
    await demo(alone, definition);
    await demo(alone, definition);
    deleteDemos(alone.db, () => 1);
    expect(await demo(alone, definition)).toMatchObject({ run: 1 });
  });
});

describe('the option demo is refused', () => {
  const refusal = (demoGiven: unknown, build: (flow: Workflow) => unknown = inBatches): string => {
    try {
      drawGraph(workflow(build, { demo: demoGiven }));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error('it was accepted');
  };
  const inBatches = (flow: Workflow) =>
    flow
      .step('load', () => [1])
      .batch('clean', { items: [1], size: 1 }, (_, inner) => {
        inner.step('tidy', () => 1);
        inner.step('store', () => 1);
      });

  test.each<[unknown, string]>([
    ['slow', 'workflow "test": demo is "slow". It is an object of options.'],
    [{ pase: 1 }, 'workflow "test": demo has no option "pase". Did you mean "pace"?'],
    [{ pace: 'slowly' }, 'workflow "test": demo.pace is "slowly", not a duration.'],
    [{ seed: {} }, 'workflow "test": demo.seed is an object. It is a number or a text.'],
    [{ fail: {} }, 'workflow "test": demo.fail is an object. It is a list, such as'],
    [{ fail: ['tidy'] }, 'workflow "test": demo.fail[0] is "tidy". It is an object of options.'],
    [
      { fail: [{ error: 'x' }] },
      'workflow "test": demo.fail[0].step is undefined. It names the step that fails, such as \'clean/tidy\'.',
    ],
    [
      { fail: [{ step: 'tidy' }] },
      'workflow "test": demo.fail[0].error is undefined. It is what the step throws: a message or an error.',
    ],
    [
      { fail: [{ step: 'tidy', error: 'x', share: 30 }] },
      'workflow "test": demo.fail[0].share is 30. It is a part of all batches: above 0, and at most 1.',
    ],
    [
      { fail: [{ step: 'tidy', error: 'x', batches: [1, -1] }] },
      'workflow "test": demo.fail[0].batches[1] is -1. It is the index of a batch: 0, 1, 2 …',
    ],
    [
      { fail: [{ step: 'tidy', error: 'x', batches: 3 }] },
      'workflow "test": demo.fail[0].batches is 3. It is a list of indices from 0, such as [3, 7].',
    ],
    [
      { fail: [{ step: 'tidy', error: 'x', batches: [1], share: 0.5 }] },
      'workflow "test": demo.fail[0] has batches and share. Both say which batches fail: give one of them.',
    ],
    [
      { fail: [{ step: 'tydi', error: 'x' }] },
      'workflow "test": demo.fail[0].step: there is no step "tydi". Did you mean "clean/tidy"?',
    ],
    [
      { fail: [{ step: 'clean', error: 'x' }] },
      'workflow "test": demo.fail[0].step: "clean" is a batch, not a step. Name a step in it.',
    ],
    [
      { fail: [{ step: 'load', error: 'x', share: 0.5 }] },
      'workflow "test": demo.fail[0] says in which batches "load" fails, and that step is in no batch. Leave out share.',
    ],
  ])('%j', (given, message) => {
    expect(refusal(given)).toContain(message);
  });

  test('where two steps have the id that it names', () => {
    const twice = (flow: Workflow) =>
      flow
        .batch('a', { items: [1], size: 1 }, (_, inner) => void inner.step('tidy', () => 1))
        .batch('b', { items: [1], size: 1 }, (_, inner) => void inner.step('tidy', () => 1));
    expect(refusal({ fail: [{ step: 'tidy', error: 'x' }] }, twice)).toBe(
      'workflow "test": demo.fail[0].step: several steps have the id "tidy". Write one with what it stands in: a/tidy or b/tidy.',
    );
  });

  test('nowhere for a step in a body that cannot be drawn', () => {
    const undrawn = (flow: Workflow) =>
      flow.batch('a', { items: [{ at: [1] }], size: 1 }, ([item], inner) => {
        for (const name of item?.at ?? []) inner.step(`step-${name}`, () => 1);
        if (item === undefined) throw new Error('needs an item');
      });
    expect(drawGraph(workflow(undrawn, { demo: { fail: [{ step: 'a/step-1', error: 'x' }] } })).demo).toBe(true);
  });

  test('where a workflow that has none is to be shown', async () => {
    const definition = workflow(flow => flow.step('one', () => 1));
    await expect(startDemo(new Bench().worker(definition), '/test/workflow.ts')).rejects.toThrow(
      'workflow "test" has no demo. Give its define one: demo: { pace:',
    );
  });
});
