import { describe, expect, test } from 'vitest';
import { resumeRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { readRun } from '../../engine/store/runs.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { BodyFlow, Workflow } from '../../engine/workflow/types.ts';
import { range, World } from '../support/outside.ts';
import { contentOf } from '../support/rerun-flows.ts';
import { batchesOf } from '../support/recorded.ts';
import { BatchStatus } from '../../common/status.ts';
import { Bench, workflow } from '../support/runs.ts';

/* What becomes of stored work when the file has changed between a run and its re-run, or its resume. */

interface Letters {
  /** What the batch node is called; without it there is none. */
  readonly name?: string | undefined;
  readonly kind?: 'batch' | 'forEach' | 'step';
  readonly size?: number;
  readonly step?: string;
}

/** Six letters, of which the fourth has no address. */
function letters(world: World, { name, kind = 'batch', size = 1, step = 'mail' }: Letters): Definition {
  const send = (letter: number) => world.act(`send ${letter}`);
  return workflow(flow => {
    const loaded = flow.step('load', () => range(6)) as Workflow;
    const items = (ctx: { steps: Record<string, { output: unknown }> }) => ctx.steps.load?.output as number[];
    const sending =
      name === undefined
        ? loaded
        : kind === 'step'
          ? loaded.step(name, () => send(9))
          : kind === 'batch'
            ? loaded.batch(name, { items, size }, (batch: number[], inner: BodyFlow) => {
                inner.step(step, () => batch.map(send).at(-1));
              })
            : loaded.forEach(name, items, (letter: number, inner: BodyFlow) => {
                inner.step(step, () => send(letter));
              });
    return (sending as Workflow).step('report', () => 'done');
  });
}

const BEFORE: Letters = { name: 'send' };

/** A run that has failed, and a world in which the cause is gone. */
async function failedRun(of: Letters = BEFORE, broken = 'send 4') {
  const world = new World(broken);
  const bench = new Bench();
  const { run } = await bench.run(letters(world, of));
  world.take();
  world.mend();
  const rerun = (now: Letters, answers: NodeAnswers = {}) =>
    bench.rerun(letters(world, now), run, { batches: 'failed', ...answers });
  return { world, bench, run, rerun };
}

describe('a node that was renamed', () => {
  test('is refused before anything runs, with its new name, and the run is left as it was', async () => {
    const { world, bench, run, rerun } = await failedRun();
    const before = contentOf(bench.db);
    await expect(async () => await rerun({ name: 'deliver' })).rejects.toMatchObject({
      name: 'ChangedNodesError',
      message: [
        'Run 1 cannot continue with the file as it is now, because it has work of nodes that have changed:',
        '  "send" (6 batches, 5 succeeded) is not in the file any more. New in it: "deliver".',
      ].join('\n'),
      changed: [
        {
          path: 'send',
          kind: 'batch',
          now: 'gone',
          batches: { all: 6, succeeded: 5 },
          results: 0,
          candidates: ['deliver'],
        },
      ],
    });
    const code = {
      before: parseStoredGraph(readRun(bench.db, run)?.graph ?? ''),
      now: drawGraph(letters(world, { name: 'deliver' })),
    };
    expect(() => planRerun(bench.db, run, { batches: 'failed' }, code)).toThrow(/"send" \(6 batches, 5 succeeded\)/);
    expect(contentOf(bench.db)).toEqual(before);
    expect(world.entries).toEqual([]);
  });

  test('keeps its work when its new name is said: only what failed is executed', async () => {
    const { world, bench, run, rerun } = await failedRun();
    const ended = await rerun({ name: 'deliver' }, { renamed: [{ from: 'send', to: 'deliver' }] });
    expect(ended).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
    expect(world.entries).toEqual(['send 4']);
    expect(batchesOf(bench, run, 'deliver').map(({ status }) => status)).toEqual(range(6).map(() => 'succeeded'));
  });

  test('is done anew when its work is discarded, and the work stays on record', async () => {
    const { world, bench, run, rerun } = await failedRun();
    const ended = await rerun({ name: 'deliver' }, { discard: ['send'] });
    expect(ended).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
    expect(world.entries).toEqual(range(6).map(letter => `send ${letter}`));
    const kept = bench.db
      .prepare(`select count(*) from steps join nodes using (run, node) where run = ? and path = 'send/mail'`)
      .pluck()
      .get(run);
    expect(kept).toBe(6);
  });

  test.each([
    [{ renamed: [{ from: 'send', to: 'delivery' }] }, 'The file has no node "delivery". Did you mean "deliver"?'],
    [{ renamed: [{ from: 'sent', to: 'deliver' }] }, 'The run has no node "sent" that has run. Did you mean "send"?'],
    [{ renamed: [{ from: 'send', to: 'load' }] }, '"load" has run already in run 1: "send" cannot be renamed to it.'],
    [
      {
        renamed: [
          { from: 'send', to: 'deliver' },
          { from: 'load', to: 'deliver' },
        ],
      },
      '"load" and "send" cannot both be "deliver" now.',
    ],
    [{ discard: ['sent'] }, 'The run has no node "sent" that has run. Did you mean "send"?'],
  ])('and an answer that makes no sense is refused: %j', async (answers, message) => {
    const { rerun } = await failedRun();
    await expect(async () => await rerun({ name: 'deliver' }, answers)).rejects.toMatchObject({ message });
  });
});

describe('a node that was removed', () => {
  test('from a batch node that was renamed is given up under the name that the refusal says', async () => {
    const world = new World('send 4');
    const bench = new Bench();
    const build = (name: string, withStamp: boolean) =>
      workflow(flow =>
        flow.forEach(name, range(6), (item, inner) => {
          if (withStamp) inner.step('stamp', () => world.act(`stamp ${item}`));
          inner.step('mail', () => world.act(`send ${item}`));
        }),
      );
    const { run } = await bench.run(build('send', true));
    world.mend();
    world.take();
    const renamed = [{ from: 'send', to: 'deliver' }];
    await expect(
      async () => await bench.rerun(build('deliver', false), run, { batches: 'failed', renamed }),
    ).rejects.toThrow('is not in the file any more');
    await bench.rerun(build('deliver', false), run, { batches: 'failed', renamed, discard: ['send/stamp'] });
    expect(world.entries).toEqual(['send 4']);
  });

  test('is refused, and given up when its work is discarded', async () => {
    const { world, rerun } = await failedRun();
    await expect(async () => await rerun({})).rejects.toThrow(
      '"send" (6 batches, 5 succeeded) is not in the file any more.',
    );
    expect(await rerun({}, { discard: ['send'] })).toMatchObject({ status: 'completed', items: { total: 0 } });
    expect(world.entries).toEqual([]);
  });

  test('from inside a batch is missed where a batch continues after it, not where batches are done', async () => {
    const world = new World('b 1');
    const bench = new Bench();
    const build = (...steps: string[]) =>
      workflow(flow =>
        flow.forEach('each', range(3), (item, inner) => {
          for (const step of steps) inner.step(step, () => world.act(`${step} ${item}`));
        }),
      );
    const { run } = await bench.run(build('a', 'b'));
    world.mend();
    world.take();
    await expect(async () => await bench.rerun(build('b'), run)).rejects.toThrow(
      '"each/a" (1 result) is not in the file',
    );
    expect(await bench.rerun(build('b'), run, { batches: 'failed', fromStart: true })).toMatchObject({
      status: 'completed',
    });
    expect(world.entries).toEqual(['b 1']);
  });

  test('and left nothing behind is not missed', async () => {
    const { rerun } = await failedRun({ name: 'send', kind: 'step' }, 'send 9');
    expect(await rerun({})).toMatchObject({ status: 'completed' });
  });
});

describe('what is in the middle of its work when it is renamed', () => {
  test('is refused for the members that have their results', async () => {
    const world = new World('second');
    const bench = new Bench();
    const build = (name: string) =>
      workflow(flow => flow.parallel(name, { first: () => world.act('first'), second: () => world.act('second') }));
    const { run } = await bench.run(build('both'));
    world.mend();
    world.take();
    await expect(async () => await bench.rerun(build('two'), run, { batches: 'failed' })).rejects.toThrow(
      '"both" (1 result) is not in the file any more. New in it: "two".',
    );
    await bench.rerun(build('two'), run, { batches: 'failed', renamed: [{ from: 'both', to: 'two' }] });
    expect(world.entries).toEqual(['second']);
  });

  test('is refused for the way that an if took: asked again, it might go the other', async () => {
    const world = new World('end');
    const bench = new Bench();
    const build = (name: string, goes: boolean) =>
      workflow(flow =>
        flow
          .if(name, () => goes)
          .step('one way', () => world.act('one way'))
          .else()
          .step('the other', () => world.act('the other'))
          .endIf()
          .step('end', () => world.act('end')),
      );
    const { run } = await bench.run(build('is early', true));
    world.mend();
    world.take();
    await expect(async () => await bench.rerun(build('is late', false), run, { batches: 'failed' })).rejects.toThrow(
      '"is early" (1 result) is not in the file any more. New in it: "is late".',
    );
    await bench.rerun(build('is late', false), run, {
      batches: 'failed',
      renamed: [{ from: 'is early', to: 'is late' }],
    });
    expect(world.entries).toEqual(['end']);
  });
});

describe('a node of another kind', () => {
  test('whose waiting batches have several items does not become a forEach, which would look at one of each', async () => {
    const { world, rerun } = await failedRun({ name: 'send', size: 3 });
    await expect(async () => await rerun({ name: 'send', kind: 'forEach' })).rejects.toThrow(
      '"send" (2 batches, 1 succeeded) was a batch and is a forEach now.',
    );
    const again = await rerun({ name: 'send', kind: 'forEach' }, { discard: ['send'] });
    expect(again).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
    expect(world.entries).toEqual(range(6).map(letter => `send ${letter}`));
  });

  test.each<[string, Letters, Letters]>([
    ['a batch of one item each', BEFORE, { name: 'send', kind: 'forEach' }],
    ['a forEach', { name: 'send', kind: 'forEach' }, { name: 'send', size: 2 }],
  ])('keeps its work where that is certain: %s', async (_what, before, now) => {
    const { world, bench, run, rerun } = await failedRun(before);
    expect(await rerun(now)).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
    expect(world.entries).toEqual(['send 4']);
    expect(bench.db.prepare(`select kind from nodes where run = ? and path = 'send'`).pluck().get(run)).toBe(
      now.kind ?? 'batch',
    );
  });

  test('that was a step and failed becomes a batch, whose failures can be re-run', async () => {
    const { world, bench, run, rerun } = await failedRun({ name: 'send', kind: 'step' }, 'send 9');
    world.break('send 4');
    expect(await rerun({ name: 'send' })).toMatchObject({ status: 'failed', batches: { failed: 1 } });
    world.mend();
    world.take();
    expect(await rerun({ name: 'send' })).toMatchObject({ status: 'completed', items: { succeeded: 6 } });
    expect(world.entries).toEqual(['send 4']);
    expect(bench.db.prepare(`select kind from nodes where run = ? and path = 'send'`).pluck().get(run)).toBe('batch');
  });

  test('that was a step and has a result is refused', async () => {
    const world = new World('report');
    const bench = new Bench();
    const build = (kind: 'step' | 'forEach') =>
      workflow(flow => {
        const first =
          kind === 'step'
            ? flow.step('work', () => 1)
            : flow.forEach('work', [1], (item, inner) => {
                inner.step('one', () => item);
              });
        return (first as Workflow).step('report', () => world.act('report'));
      });
    const { run } = await bench.run(build('step'));
    world.mend();
    await expect(async () => await bench.rerun(build('forEach'), run)).rejects.toThrow(
      '"work" (1 result) was a step and is a forEach now.',
    );
  });
});

describe('a resume', () => {
  async function interrupted() {
    const world = new World();
    const bench = new Bench();
    const stopped = Promise.withResolvers<void>();
    const build = (name: string) =>
      workflow(flow =>
        flow.forEach(name, range(4), (item, inner) => {
          inner.step('mail', async () => {
            world.act(`send ${item}`);
            if (item === 1) {
              started.run.stopping.request({ as: 'interrupted', reason: 'for the test' });
              stopped.resolve();
            }
          });
        }),
      );
    const started = await bench.start(build('send'));
    await stopped.promise;
    await started.done;
    world.take();
    const resume = async (name: string, answers?: NodeAnswers) =>
      await (
        await resumeRun(bench.worker(build(name)), started.id, answers)
      ).done;
    return { world, bench, run: started.id, resume };
  }

  test('with a node that was renamed is refused, and continues when its new name is said', async () => {
    const { world, bench, run, resume } = await interrupted();
    const before = contentOf(bench.db);
    await expect(async () => await resume('deliver')).rejects.toThrow('New in it: "deliver".');
    expect(contentOf(bench.db)).toEqual(before);
    const ended = await resume('deliver', { renamed: [{ from: 'send', to: 'deliver' }] });
    expect(ended).toMatchObject({ run, status: 'completed', items: { total: 4, succeeded: 4 } });
    expect(world.entries).toEqual(['send 2', 'send 3']);
  });

  test('can discard what the file has no more', async () => {
    const { world, resume } = await interrupted();
    expect(await resume('deliver', { discard: ['send'] })).toMatchObject({ status: 'completed', items: { total: 4 } });
    expect(world.entries).toEqual(range(4).map(item => `send ${item}`));
  });
});

describe('members of a list, which have no names', () => {
  const members = (world: World) => ({
    prices: () => world.act('prices'),
    stock: () => world.act('stock'),
    names: () => world.act('names'),
  });
  type Member = keyof ReturnType<typeof members>;

  async function after(before: readonly Member[], broken: Member) {
    const world = new World(broken);
    const bench = new Bench();
    const build = (...lists: readonly (readonly Member[])[]) =>
      workflow(flow =>
        lists.reduce<Workflow>(
          (chain, list) => chain.parallel(list.map(member => members(world)[member])) as unknown as Workflow,
          flow as unknown as Workflow,
        ),
      );
    const { run } = await bench.run(build(before));
    world.mend();
    world.take();
    return { world, bench, run, build };
  }

  test('keep their results when another is put before them', async () => {
    const { world, bench, run, build } = await after(['prices', 'stock'], 'stock');
    expect(await bench.rerun(build(['names', 'prices', 'stock']), run)).toMatchObject({
      status: 'completed',
      output: ['names', 'prices', 'stock'],
    });
    expect(world.entries.toSorted()).toEqual(['names', 'stock']);
  });

  test('keep their results when another list is put before theirs', async () => {
    const { world, bench, run, build } = await after(['prices', 'stock'], 'stock');
    expect(await bench.rerun(build(['names', 'names'], ['prices', 'stock']), run)).toMatchObject({
      status: 'completed',
      output: ['prices', 'stock'],
    });
    expect(world.entries.toSorted()).toEqual(['names', 'names', 'stock']);
  });

  test('are refused when one of them has gone and what is left cannot be told apart', async () => {
    const world = new World('b');
    const bench = new Bench();
    const build = (...results: string[]) =>
      workflow(flow =>
        flow.parallel(
          'both',
          results.map(result => () => world.act(result)),
        ),
      );
    const { run } = await bench.run(build('a', 'b'));
    world.mend();
    await expect(async () => await bench.rerun(build('b'), run)).rejects.toThrow(
      '"both/1" (1 result) is a member of a list that has more or fewer members than before: it may be another one now.',
    );
  });
});

test('a run is not complete while a batch of it waits, also one that no drawing shows', async () => {
  const world = new World('send 1');
  const bench = new Bench();
  let rounds = 0;
  const build = (name: string) =>
    workflow(flow =>
      flow.while(
        'rounds',
        () => rounds++ === 0,
        inner => {
          // It needs a run, and so cannot be drawn.
          expect(inner.payload).toEqual({});
          inner.forEach(name, range(2), (item, body) => {
            body.step('mail', () => world.act(`send ${item}`));
          });
        },
      ),
    );
  const { run } = await bench.run(build('send'), {});
  world.mend();
  expect(await bench.rerun(build('deliver'), run)).toMatchObject({
    status: 'failed',
    error: {
      name: 'UnfinishedBatches',
      message: expect.stringMatching(/^1 batch of "rounds\/send" still waits, because .* --discard rounds\/send\.$/),
    },
  });
  expect(await bench.rerun(build('deliver'), run, { batches: 'failed', discard: ['rounds/send'] })).toMatchObject({
    status: 'completed',
  });
});

test('a run is not complete while a batch inside a batch that succeeded waits; one inside a failed batch may', async () => {
  const world = new World('send 1');
  const bench = new Bench();
  const flow = workflow(chain =>
    chain.forEach(
      'outer',
      range(2),
      (_, outer) => {
        outer.forEach('inner', range(2), (item, inner) => inner.step('mail', () => world.act(`send ${item}`)), {
          onBatchError: 'stop',
        });
      },
      { tolerateFailures: 'all' },
    ),
  );
  const { run, status } = await bench.run(flow);
  expect(status).toBe('completed');
  world.mend();
  // As by a defect, or a hand in the store: what has its batches waiting is said to have succeeded.
  bench.db.prepare(`update batches set status = ${BatchStatus.succeeded} where scope = 1`).run();
  bench.db.prepare(`update batches set status = ${BatchStatus.waiting} where parent = 1`).run();
  expect(await bench.rerun(flow, run)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringMatching(/^2 batches of "outer\/inner" still wait, because/) as string },
  });
});
