import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunSummary } from '../../common/run-summary.ts';
import { outcomeOf, type Outcome } from '../support/outcome.ts';
import { planned, plans, Trial, type Plan } from '../support/random-workflow.ts';
import { Bench } from '../support/runs.ts';
import { MemoryWorkers, READS } from '../support/memory-workers.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/** Runs a plan, mends it, and re-runs what failed. */
async function outcomes(bench: Bench, plan: Plan, workers?: number): Promise<Outcome[]> {
  const trial = new Trial();
  const first: RunSummary = await bench.run(planned(plan, trial, workers));
  const broken = outcomeOf(bench, first.run);
  trial.broken = false;
  if (first.batches.failed === 0 && first.status !== 'failed') return [broken];
  await bench.rerun(planned(plan, trial, workers), first.run);
  return [broken, outcomeOf(bench, first.run)];
}

test.each(READS)(
  'a random workflow comes to the same with workers that read %s as without, and so does its re-run',
  async reads => {
    await fc.assert(
      fc.asyncProperty(plans, async plan => {
        const alone = await outcomes(new Bench(), plan);
        const bench = new WorkerBench(new MemoryWorkers({ reads }));
        expect(await outcomes(bench, plan, 2)).toEqual(alone);
      }),
      { numRuns: 25 },
    );
  },
  60_000,
);
