import type { Parameters } from 'fast-check';

/*
 * How long the properties of this folder look. By itself a test looks for seconds, each time at the same cases, so that
 * it says the same of the same code; FUZZ_RUNS=10000 looks longer, and elsewhere each time, and FUZZ_SEED=… repeats what a
 * failure printed.
 */
const { FUZZ_RUNS, FUZZ_SEED } = process.env;
const QUICK_SEED = '20261124';

/** @param quick How many tries are made at least: with fewer, a search may not see what its test counts on. */
export function search(quick: number): Parameters<unknown> {
  const seed = FUZZ_SEED ?? (FUZZ_RUNS === undefined ? QUICK_SEED : undefined);
  return { numRuns: Math.max(quick, Number(FUZZ_RUNS ?? 0)), ...(seed !== undefined && { seed: Number(seed) }) };
}

/** No limit where somebody has asked for a long look. */
export const timeout = FUZZ_RUNS === undefined ? 60_000 : 0;

/** For what costs many times as much a try, such as a process: a long look tries a hundredth as often. */
export function dearSearch(quick: number): Parameters<unknown> {
  return {
    ...search(quick),
    numRuns: FUZZ_RUNS === undefined ? quick : Math.max(quick, Math.ceil(Number(FUZZ_RUNS) / 100)),
  };
}
