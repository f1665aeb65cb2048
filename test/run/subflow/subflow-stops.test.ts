import { describe, expect, test } from 'vitest';
import { decided } from '../../../engine/run/durable-waits/answers.ts';
import { answerWait, openWaits, runsToWake } from '../../../engine/store/answer-wait.ts';
import { cancelAtRest } from '../../../engine/store/cancel.ts';
import { deleteIdleRuns, deleteRun } from '../../../engine/store/delete-run.ts';
import { judgeRuns } from '../../../engine/store/prune.ts';
import { readRun, requireRun } from '../../../engine/store/runs.ts';
import { Interruption } from '../../support/interruption.ts';
import { workflow } from '../../support/runs.ts';
import { SubflowBench } from '../../support/subflow-bench.ts';

const approved = () => ({ text: decided({ approved: true, by: 'ada' }), by: 'ada', at: Date.now() });

const asking = () => {
  const bench = new SubflowBench();
  bench.define('child', flow => flow.humanInTheLoop('boss', {}).step('answer', ctx => ctx.last.approved));
  const build = () =>
    workflow(flow => flow.subflow('call', 'child').step('end', ctx => ({ approved: ctx.last as boolean })));
  return { bench, build };
};

describe('a part that waits for a person', () => {
  test('lets the whole run rest, and both go on with the answer', async () => {
    const { bench, build } = asking();
    const rests = await bench.run(build());
    expect(rests).toMatchObject({ status: 'paused', reason: 'it waits for 1 approval' });
    const [child] = bench.children(rests.run);
    if (!child) throw new Error('nothing was begun');
    expect(requireRun(bench.db, rests.run).rests).toBe(1);
    expect(requireRun(bench.db, child.id)).toMatchObject({ status: 'paused', rests: 1, reason: rests.reason });
    const [wait] = openWaits(bench.db, child.id, 10);
    answerWait(bench.db, { run: child.id, token: wait?.token }, approved());
    // Not the part: nobody would go on with what is around it.
    expect(runsToWake(bench.db, Date.now())).toEqual([rests.run]);
    expect(await bench.resume(build(), rests.run)).toMatchObject({ status: 'completed', output: { approved: true } });
    expect(bench.children(rests.run)).toMatchObject([{ status: 'completed' }]);
  });

  test('does not rest while another batch is at work', async () => {
    const bench = new SubflowBench();
    const worked: string[] = [];
    bench.define('child', flow => flow.humanInTheLoop('boss', {}));
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['ask', 'work'],
          (item, inner) => {
            if (item === 'ask') inner.subflow('call', 'child');
            else
              inner.step('work', async () => {
                await new Promise(resolve => setTimeout(resolve, 700));
                worked.push(item);
              });
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect(worked).toEqual(['work']);
    expect(summary).toMatchObject({ status: 'paused', reason: 'it waits for 1 approval' });
  });

  test('is answered while its process is there: it goes on at once', async () => {
    const bench = new SubflowBench();
    let isAnswered = false;
    bench.define('child', flow =>
      flow.humanInTheLoop('boss', {
        onPause: (_ctx, token) => {
          answerWait(bench.db, { token }, approved());
          isAnswered = true;
        },
      }),
    );
    const summary = await bench.run(workflow(flow => flow.subflow('call', 'child')));
    expect(isAnswered).toBe(true);
    expect(summary).toMatchObject({ status: 'completed', output: { approved: true } });
  });
});

describe('what is a part of a run', () => {
  const interrupted = async () => {
    const bench = new SubflowBench();
    const interruption = new Interruption();
    bench.define('child', flow => flow.step('work', () => interruption.here()));
    const { run } = await interruption.run(
      bench,
      workflow(flow => flow.subflow('call', 'child')),
    );
    return { bench, run, child: bench.children(run)[0]?.id ?? 0 };
  };

  test.each(['cancelled', 'paused'] as const)('is %s with it', async as => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow.step('work', async ctx => {
        await new Promise((_resolve, reject) =>
          ctx.signal.addEventListener('abort', () => reject(new Error('stopped'))),
        );
      }),
    );
    const begun = await bench.start(workflow(flow => flow.subflow('call', 'child')));
    while (bench.children(begun.id).length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    begun.run.stopping.request({ as, reason: 'enough' });
    expect(await begun.done).toMatchObject({ status: as, reason: 'enough' });
    expect(bench.children(begun.id)).toMatchObject([{ status: as, reason: 'enough' }]);
  });

  test('is cancelled with it where nobody works on it', async () => {
    const { bench, run } = await interrupted();
    cancelAtRest(bench.db, run, 'enough', Date.now());
    expect(requireRun(bench.db, run).status).toBe('cancelled');
    expect(bench.children(run)).toMatchObject([
      { status: 'cancelled', reason: expect.stringContaining('enough') as string },
    ]);
  });

  test('is cancelled where its batch is, and the run goes on', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow.step('work', async ctx => {
        await new Promise((_resolve, reject) =>
          ctx.signal.addEventListener('abort', () => reject(new Error('stopped'))),
        );
      }),
    );
    const begun = await bench.start(
      workflow(flow =>
        flow.forEach('each', [1], (_item, inner) => inner.subflow('call', 'child'), { tolerateFailures: 'all' }),
      ),
    );
    while (bench.children(begun.id).length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    begun.run.batchCancels.ask(1, 'this one not');
    await begun.done;
    expect(bench.children(begun.id)).toMatchObject([
      { status: 'cancelled', reason: `step "each/call" of run ${begun.id} was ended: this one not` },
    ]);
  });

  test('is deleted with it', async () => {
    const { bench, run, child } = await interrupted();
    deleteRun(bench.db, run, Date.now);
    expect([readRun(bench.db, run), readRun(bench.db, child)]).toEqual([undefined, undefined]);
  });

  test('is pruned with it, and never alone', async () => {
    const { bench, run, child } = await interrupted();
    const rule = { olderThanMs: 0, keepFailed: false, unfinished: true };
    const goes = judgeRuns(bench.db, rule, Date.now() + 1000).map(judged => judged.run);
    expect(goes).toEqual([run]);
    expect([...deleteIdleRuns(bench.db, goes, Date.now)]).toEqual([run]);
    expect(readRun(bench.db, child)).toBeUndefined();
  });

  test('goes on in another run when its step gets another input', async () => {
    const bench = new SubflowBench();
    const interruption = new Interruption();
    let input = 1;
    bench.define('child', flow => flow.step('work', ctx => [ctx.payload, interruption.here()]));
    const build = () => workflow(flow => flow.subflow('call', 'child', () => input));
    const { run } = await interruption.run(bench, build());
    input = 2;
    expect((await bench.resume(build(), run)).status).toBe('completed');
    expect(bench.children(run)).toMatchObject([
      {
        payload: '1',
        status: 'cancelled',
        reason: `step "call" of run ${run} has begun another run, with another input`,
      },
      { payload: '2', status: 'completed' },
    ]);
  });
});
