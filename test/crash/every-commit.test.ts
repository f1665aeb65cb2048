import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { killAtEveryCommit } from './every-commit.ts';
import { quickPlan, Random } from './plan.ts';

/* SEED=… repeats one workflow, COUNT=… tries more of them. */
const { SEED, COUNT } = process.env;
const first = Number(SEED ?? 1);
const count = Number(COUNT ?? (SEED === undefined ? 12 : 1));

test('a run that is killed after any of its commits, and once more after that, comes out as one that never was and does nothing twice', async () => {
  const tried = { kills: 0, repeated: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const random = new Random(seed);
    const plan = quickPlan(random);
    try {
      await killAtEveryCommit(plan, temporaryFolder(), random, tried);
    } catch (error) {
      throw new Error(`SEED=${seed}: ${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(plan)}`, { cause: error });
    }
  }
  console.log(tried);
  expect(tried.kills).toBeGreaterThan(count * 5);
}, 0);
