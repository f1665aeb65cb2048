import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, type Outcome } from '../support/outcome.ts';
import { planned, plans, Trial, type Plan } from '../support/random-workflow.ts';
import { Bench } from '../support/runs.ts';
import { RemoteBench } from './remote-bench.ts';

/** Runs a plan, mends it, and re-runs what failed. */
async function outcomes(bench: Bench, plan: Plan): Promise<Outcome[]> {
  const trial = new Trial();
  const session = async () => {
    const definition = planned(plan, trial);
    if (bench instanceof RemoteBench) await bench.prepare(definition);
    return definition;
  };
  const first = await bench.run(await session());
  const broken = outcomeOf(bench, first.run);
  trial.broken = false;
  if (first.batches.failed === 0 && first.status !== 'failed') return [broken];
  await bench.rerun(await session(), first.run);
  return [broken, outcomeOf(bench, first.run)];
}

test('a random workflow comes to the same with workers on other machines as without, over a bad network, and so does its re-run', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.integer(), async (plan, seed) => {
      const alone = await outcomes(new Bench(), plan);
      const bench = new RemoteBench(seed);
      bench.network.faults = { loss: 0.03, repeat: 0.2, leastMs: 1, mostMs: 40 };
      await bench.join({ concurrency: 2 });
      await bench.join({ concurrency: 3 });
      expect(await outcomes(bench, plan)).toEqual(alone);
      await bench.leave();
    }),
    { numRuns: 12 },
  );
}, 60_000);
