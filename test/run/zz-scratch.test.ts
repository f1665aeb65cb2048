import { test } from 'vitest';
import { resumeRun } from '../../engine/run/execute.ts';
import { range, turns, Gate } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
const interrupted = { as: 'interrupted', reason: 'test' } as const;
test('undrawn nested uncut', async () => {
  const bench = new Bench();
  const build = (act: (x: any) => void) => workflow(flow => flow.forEach('outer', [{ list: range(5000) }], ({ list }, flow) => {
    flow.batch('inner', { items: list, size: 2 }, (b, f) => { f.step('one', async () => act(b)); });
  }));
  const run = await bench.start(build(() => run.stop(interrupted)));
  const s = await run.done;
  console.log(JSON.stringify(s.nodes));
  const again = resumeRun(bench.worker(build(() => {})), run.id);
  console.log(JSON.stringify([...again.run.progress.values()]));
  console.log(JSON.stringify((await again.done).nodes));
});
test('stop then resume', async () => {
  const bench = new Bench();
  const gate = new Gate();
  const seen: any[] = [];
  const build = (wait: boolean) => workflow(flow => flow.forEach('each', range(10), (item, flow) => {
    flow.step('one', async () => { if (item === 1) throw new Error('no'); if (wait && item === 0) await gate.pass(); seen.push(item); })
    .step('two', async () => { seen.push(`two ${item}`); });
  }, { concurrency: 2, onBatchError: 'stop' }));
  const run = await bench.start(build(true));
  await gate.reached(); await turns(20);
  run.stop(interrupted); gate.open();
  console.log(JSON.stringify((await run.done).nodes), seen);
  const s = await bench.resume(build(false), run.id);
  console.log(s.status, JSON.stringify(s.nodes), seen);
});
