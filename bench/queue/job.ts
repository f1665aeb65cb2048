import { writeFileSync } from 'node:fs';
import { cronflow } from 'cronflow';
import { itemsOf, shapeFromEnvironment, workOn } from './work.ts';

/* The workflow that bench/queue.ts runs through the command line. */

const { batches, steps, concurrency, begunFile } = shapeFromEnvironment();
const items = itemsOf(batches);

cronflow.define({ id: 'queue', name: 'A queue of batches' }).batch(
  'work',
  {
    items: () => {
      writeFileSync(begunFile, String(performance.timeOrigin + performance.now()));
      return items;
    },
    size: 10,
    concurrency,
  },
  (batch, flow) => {
    for (let step = 0; step < steps; step++) flow.step(`step-${step}`, async () => workOn(batch, step));
  },
);
