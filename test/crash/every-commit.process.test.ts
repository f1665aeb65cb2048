import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { killAtEveryCommit } from './every-commit.ts';
import { quickPlan, Random, type Plan, type PlanNode } from './plan.ts';

/* SEED=… repeats one workflow, COUNT=… tries more of them. */
const { SEED, COUNT } = process.env;
const first = Number(SEED ?? 1);
const count = Number(COUNT ?? (SEED === undefined ? 4 : 1));

test('a run that is killed after any of its commits, and once more after that, comes out as one that never was and does nothing twice', async () => {
  const tried = { kills: 0, repeated: 0, passes: new Set<number>() };
  for (let seed = first; seed < first + count; seed++) {
    const random = new Random(seed);
    const plan = quickPlan(random);
    try {
      await killAtEveryCommit(plan, temporaryFolder(), random, tried);
    } catch (error) {
      throw new Error(
        `SEED=${seed}: ${error instanceof Error ? error.message : String(error)}\n${JSON.stringify(plan)}`,
        { cause: error },
      );
    }
  }
  expect(tried.kills).toBeGreaterThan(count * 5);
}, 0);

test('and a batch that is tried again has no pass that has executed nothing', async () => {
  const inside: PlanNode = {
    kind: 'batch',
    items: 2,
    source: 'array',
    bulk: 0,
    size: 1,
    concurrency: 1,
    tolerant: false,
    stops: false,
    tries: 1,
    body: [{ kind: 'step', ms: 0, flaky: 1, hasOneTry: true }],
  };
  const plan: Plan = [
    {
      kind: 'batch',
      items: 2,
      source: 'array',
      bulk: 0,
      size: 1,
      concurrency: 1,
      tolerant: false,
      stops: false,
      tries: 2,
      body: [inside],
    },
  ];
  const tried = { kills: 0, repeated: 0, passes: new Set<number>() };
  await killAtEveryCommit(plan, temporaryFolder(), new Random(1), tried);
  expect(tried.kills).toBeGreaterThan(10);
  // One of each outer batch and of each inner one.
  expect([...tried.passes]).toEqual([6]);
});
