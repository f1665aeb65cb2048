import { expect, test } from 'vitest';
import { Bench, workflow } from './support/runs.ts';

test('a batch workflow runs, fails honestly, and is re-run into the same run', async () => {
  let broken = true;
  const seen: number[][] = [];
  const build = () => workflow(flow => {
    flow
      .step('load', async () => Array.from({ length: 10 }, (_, i) => i))
      .batch('work', { items: (ctx: any) => ctx.steps.load.output, size: 3, concurrency: 2 }, (batch: any, f: any) => {
        f.step('double', async () => { seen.push([...batch]); if (broken && batch.includes(4)) throw new Error(`no ${batch[0]}`); await f.state.incr('n', batch.length); return batch.map((x: number) => x * 2); })
          .action('log', async () => { console.log(f.last); });
      })
      .step('sum', async (ctx: any) => { let s = 0; for await (const { output } of ctx.results('work')) for (const x of output) s += x; return s; });
  });
  const bench = new Bench();
  const first = await bench.run(build());
  expect(first.status).toBe('failed');
  expect(first.batches).toMatchObject({ total: 4, succeeded: 3, failed: 1 });
  expect(first.state).toEqual({ n: 7 });
  console.log(first.error);
  broken = false;
  const second = await bench.rerun(build(), first.run);
  console.log(second);
  expect(second.status).toBe('completed');
  expect(second.output).toBe(90);
  expect(second.state).toEqual({ n: 10 });
});
