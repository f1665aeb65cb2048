import { expect, test } from 'vitest';
import { rerunText } from '../../cli/view/rerun.ts';
import { rerunReport } from '../../host/api/schemas/rerun.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A re-run goes on with the run: what waits in it is executed, too, and the plan says so. */

/** A run of five batches, paused in its second: the first has failed, and the second to the fifth have not ended. */
async function paused() {
  const bench = new Bench();
  const world: number[] = [];
  const state = { isBroken: true };
  const definition = workflow(flow =>
    flow.forEach('work', range(5), (item, inner) => {
      inner.step('act', () => {
        world.push(item);
        if (state.isBroken && item === 0) throw new Error('broken');
        if (state.isBroken && item === 1) {
          run.stopping.request({ as: 'paused', reason: 'for the test' });
          throw new Error('not counted: the run is to be paused');
        }
      });
    }),
  );
  const { run, done } = await bench.start(definition);
  await done;
  state.isBroken = false;
  world.length = 0;
  return { bench, definition, world };
}

const failed: RerunRequest = { batches: 'failed' };

test.each(['with', 'without'])('a plan says what waits, %s a tally', async tally => {
  const { bench, definition, world } = await paused();
  if (tally === 'without') bench.db.prepare('delete from tallies').run();
  const unfinished = bench.db.prepare('select count(*) from batches where status not in (2, 3)').pluck().get();
  const failures = 5 - Number(unfinished);
  const report = planRerun(bench.db, 1, failed);
  expect(report.nodes).toMatchObject([{ path: 'work', batches: failures }]);
  expect(report.waiting).toEqual([{ path: 'work', batches: unfinished }]);
  expect(rerunText(report, drawGraph(definition))).toContain(
    `  Goes on with: ${String(unfinished)} items of work that had not finished`,
  );
  expect(rerunReport.parse({ ...report, codeChanged: false }).waiting).toEqual(report.waiting);

  // What is named is re-run, and does not wait beside it.
  expect(planRerun(bench.db, 1, { node: 'work', batches: [3, 4] }).waiting).toEqual([
    { path: 'work', batches: Number(unfinished) - 2 },
  ]);

  await bench.rerun(definition, 1, failed);
  expect(world.toSorted()).toEqual(range(5));
});
