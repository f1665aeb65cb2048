import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { RerunError, type RerunRequest } from '../../engine/run/rerun/request.ts';
import { range, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { checkAndSave, afterRun, contentOf } from '../support/rerun-flows.ts';

describe('what cannot be re-run', () => {
  test.each<[string, RerunRequest, RegExp]>([
    [
      'failures, where there are none',
      { batches: 'failed' },
      /^Run 1 has no failed batches: there is nothing to re-run\. Choose others with --batches\.$/,
    ],
    ['failures of a node that has none', { node: 'work', batches: 'failed' }, /^"work" of run 1 has no failed batches/],
    ['an unknown node', { node: 'wrok', batches: 'failed' }, /no node "wrok" that has run\. Did you mean "work"\?/],
    [
      'an unknown node inside a batch',
      { node: 'chek', batches: 'failed' },
      /no node "chek" that has run\. Did you mean "work\/check"\?/,
    ],
    [
      'an unknown node that is like no other',
      { node: 'something else', batches: 'failed' },
      /no node "something else" that has run\.$/,
    ],
    ['an unknown batch', { node: 'work', batches: [1, 3] }, /^work has no batch 3\. Batches are numbered from 0\.$/],
    [
      'a step inside a batch',
      { node: 'save', batches: 'failed' },
      /"save" is a step inside a batch.*Name the batch it belongs to/,
    ],
  ])('%s, is refused in words, and the run is left as it was', async (_what, request, message) => {
    const world = new World();
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    const before = contentOf(bench.db);
    await expect(rerunRun(bench.worker(build()), run, request)).rejects.toThrowError(
      expect.objectContaining({ name: 'RerunError', message: expect.stringMatching(message) }),
    );
    expect(() => planRerun(bench.db, run, request)).toThrow(RerunError);
    expect(contentOf(bench.db)).toEqual(before);
  });

  test('what lost a race, or was made good by an onError', async () => {
    const build = () =>
      workflow(flow =>
        flow
          .race('race', [
            async () => {
              throw new Error('no');
            },
            async () => 1,
          ])
          .parallel('both', [
            async () => {
              throw new Error('no');
            },
            async () => 1,
          ])
          .onError(() => 'made good')
          .step('one', async () => {
            throw new Error('no');
          })
          .onError(() => 'made good'),
      );
    const bench = new Bench();
    const { run, status } = await bench.run(build());
    expect(status).toBe('completed');
    await expect(rerunRun(bench.worker(build()), run, { batches: 'failed' })).rejects.toThrow(RerunError);
  });

  test('numbered batches, where there are several nodes and none is named', async () => {
    const build = () => workflow(flow => flow.forEach('a', range(2), () => {}).forEach('b', range(2), () => {}));
    const bench = new Bench();
    const { run } = await bench.run(build());
    await expect(rerunRun(bench.worker(build()), run, { batches: [0] })).rejects.toThrow(
      /several batch nodes \(a, b\)\. Say with --node/,
    );
  });
});
