import { startRun } from '../../engine/run/execute.ts';
import { openStore } from '../../engine/store/open.ts';
import { define } from '../../engine/workflow/define.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import type { Cronflow } from '../../engine/workflow/types.ts';

/* A process that works on a run until it is killed: `node unending-run.ts <store>`. */

const [, , file = ''] = process.argv;
const cronflow = { define } as unknown as Cronflow;
cronflow.define({ id: 'unending' }).forEach(
  'each',
  [1, 2, 3],
  (item, flow) => {
    flow.step('work', () => (item === 1 ? 'done' : new Promise<never>(() => undefined)));
  },
  { concurrency: 2 },
);
const [definition] = takeDefinitions();
if (!definition) throw new Error('nothing was defined');
const db = openStore(file, { mode: 'create' });
const run = await startRun({ db, storeFile: file, definition, code: { hash: 'test', sources: [] } }, '/w.ts', {});
process.stdout.write(`${run.id}\n`);
// A promise that nobody settles keeps no process alive.
setInterval(() => undefined, 1_000);
await run.done;
