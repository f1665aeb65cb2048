/*
 * A run with a history: some batches are retried, some fail until a file says that they are fixed, and days may lie between.
 * `fixed` is looked for beside the workflow.
 */
export const PLAYED = `import { existsSync } from 'node:fs';
import path from 'node:path';
import { cronflow } from 'cronflow';
const isFixed = existsSync(path.join(import.meta.dirname, 'fixed'));
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
cronflow.define({ id: 'orders', name: 'Send orders' })
  .forEach('each', Array.from({ length: 40 }, (_, at) => at), (at, flow) => {
    flow.step('render', async () => {
      await pause(20 + (at % 5) * 10);
      return { total: at * 7 };
    });
    flow.step('send', async ctx => {
      await pause(15);
      if (at % 9 === 4 && ctx.attempt === 1) throw new Error('503 from the mail service');
      if (at % 10 === 7 && !isFixed) throw new TypeError('order ' + at + ' has no address');
    }).retry({ attempts: 2, backoff: { delay: 150 }, retryOn: error => !(error instanceof TypeError) });
  }, { concurrency: 4 });
`;
