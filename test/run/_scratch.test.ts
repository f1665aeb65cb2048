import { test } from 'vitest';
import { temporaryStore, Bench, workflow } from '../support/runs.ts';
import { atRest } from '../support/clock.ts';
for (let i = 0; i < 3; i++) test('x'+i, async () => {
  let t = performance.now(); temporaryStore(); console.log('store', performance.now() - t);
  const b = new Bench(); 
  for (let j = 0; j < 3; j++) { t = performance.now(); await b.run(workflow(f => f.step('a', () => 1))); console.log('run', performance.now() - t); }
  t = performance.now(); await atRest(); console.log('rest', performance.now() - t);
});
