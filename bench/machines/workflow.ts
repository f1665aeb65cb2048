import { setTimeout as pause } from 'node:timers/promises';
import { cronflow } from 'cronflow';
import { z } from 'zod';

/** The benchmark says how many of them may run at a time. */
const CONCURRENCY = 1;

cronflow
  .define({ id: 'machines', payload: z.object({ batches: z.number(), stepMs: z.number() }) })
  // Does nothing: the processes are there when the time is taken.
  .batch(
    'warm',
    { items: Array.from({ length: 64 }, (_, item) => item), size: 1, concurrency: CONCURRENCY },
    (_items, flow) => {
      flow.step('pause', () => pause(1));
    },
  )
  .step('from', () => ({ at: performance.now(), cpu: process.cpuUsage() }))
  .batch(
    'work',
    {
      items: ctx => Array.from({ length: ctx.payload.batches }, (_, item) => item),
      size: 1,
      concurrency: CONCURRENCY,
    },
    ([item], flow) => {
      flow.step('pause', async ctx => {
        if (ctx.payload.stepMs > 0) await pause(ctx.payload.stepMs);
        return item;
      });
    },
  )
  .step('to', ctx => {
    const { at, cpu } = ctx.steps.from.output;
    const used = process.cpuUsage(cpu);
    return { ms: performance.now() - at, cpuMs: (used.user + used.system) / 1000 };
  });
