/* What both sides of bench/queue.ts do: 10 items a batch, and an output of about 100 bytes a step. */

export interface Item {
  readonly id: number;
  readonly value: number;
}

/** How much is to be done, and how many batches at a time. */
export interface Shape {
  readonly batches: number;
  readonly steps: number;
  readonly concurrency: number;
}

export function itemsOf(batches: number): Item[] {
  return Array.from({ length: batches * 10 }, (_, id) => ({ id, value: id % 97 }));
}

export function workOn(batch: readonly Item[], step: number) {
  let sum = 0;
  for (const { value } of batch) sum += value;
  return { step, items: batch.length, sum, note: 'ok: all items of this batch were handled' };
}

/** The other way round: shapeFromEnvironment. */
export function environmentOf({ batches, steps, concurrency }: Shape, begunFile: string): NodeJS.ProcessEnv {
  return {
    BENCH_BATCHES: `${batches}`,
    BENCH_STEPS: `${steps}`,
    BENCH_CONCURRENCY: `${concurrency}`,
    BENCH_BEGUN: begunFile,
  };
}

export function shapeFromEnvironment(): Shape & { readonly begunFile: string } {
  const { BENCH_BATCHES, BENCH_STEPS, BENCH_CONCURRENCY, BENCH_BEGUN } = process.env;
  return {
    batches: Number(BENCH_BATCHES ?? 1),
    steps: Number(BENCH_STEPS ?? 1),
    concurrency: Number(BENCH_CONCURRENCY ?? 1),
    begunFile: BENCH_BEGUN ?? '/dev/null',
  };
}
