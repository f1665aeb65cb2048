import { startRun } from '../engine/run/execute.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { perSecond, secondsOf, withStore, workerOf, workflow, type Figure } from './support.ts';

/* How fast workflows of other shapes go: very many tiny batches, one very large output, batches within batches. */

const TINY = 100_000;
const FLIGHTS = 200_000;
const OUTER = 100;
const INNER = 100;

export async function benchShapes(): Promise<Figure[]> {
  return [
    await figure('batches of 1 item and 1 step, concurrency 50', TINY, tinyBatches(TINY, 50)),
    await figure('batches of 1 item and 1 step, concurrency 1', TINY / 5, tinyBatches(TINY / 5, 1)),
    await figure('forEach items of 1 step, concurrency 50', TINY / 2, tinyItems(TINY / 2, 50)),
    await figure('flights, kept as one output of 200,000, then in batches of 1,000', FLIGHTS, flights()),
    await figure(`items of a forEach in each batch, ${OUTER} x ${INNER}, concurrency 1`, OUTER * INNER, nested(1, 1)),
    await figure(
      `items of a forEach in each batch, ${OUTER} x ${INNER}, concurrency 5 x 10`,
      OUTER * INNER,
      nested(5, 10),
    ),
  ];
}

async function figure(what: string, count: number, definition: Definition): Promise<Figure> {
  return await withStore(async (db, file) => {
    const seconds = await secondsOf(async () => {
      const { status } = await (await startRun(workerOf(db, file, definition), '/bench.ts', undefined)).done;
      if (status !== 'completed') throw new Error(`${what}: the run is ${status}`);
    });
    return { what, value: perSecond(count, seconds) };
  });
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function tinyBatches(count: number, concurrency: number): Definition {
  return workflow(flow =>
    flow.batch('work', { items: range(count), size: 1, concurrency }, ([item], inner) => {
      inner.step('step', async () => item);
    }),
  );
}

function tinyItems(count: number, concurrency: number): Definition {
  return workflow(flow =>
    flow.forEach(
      'work',
      range(count),
      (item, inner) => {
        inner.step('step', async () => item);
      },
      { concurrency },
    ),
  );
}

/** Objects like those of flights-200k.json in vega-datasets. */
function flights(): Definition {
  const all = range(FLIGHTS).map(index => ({
    delay: ((index * 7) % 400) - 20,
    distance: (index * 31) % 2_500,
    time: (index % 1_440) / 60,
  }));
  return workflow(flow =>
    flow
      .step('load', async () => all)
      .batch('work', { items: ctx => ctx.steps.load.output, size: 1_000, concurrency: 4 }, (batch, inner) => {
        inner.step('total', async () => batch.reduce((total, { delay }) => total + delay, 0));
      }),
  );
}

function nested(outer: number, inner: number): Definition {
  return workflow(flow =>
    flow.batch('outer', { items: range(OUTER * INNER), size: INNER, concurrency: outer }, (batch, body) => {
      body.forEach(
        'inner',
        batch,
        (item, itemBody) => {
          itemBody.step('step', async () => item);
        },
        { concurrency: inner },
      );
    }),
  );
}
