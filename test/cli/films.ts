import { Project } from '../support/project.ts';

/** Ten films in batches of three. While a file named `broken` lies beside it, the batch with film 4 fails. */
export const FILMS = Project.workflow(`
import { existsSync } from 'node:fs';
const broken = new URL('./broken', import.meta.url);
cronflow.define({ id: 'films', name: 'Film list' })
  .step('load', async () => Array.from({ length: 10 }, (_, id) => id))
  .batch({ id: 'clean', title: 'Clean the titles', unit: ['film', 'films'] }, { items: (ctx: any) => ctx.steps.load.output, size: 3 }, (batch: any, flow: any) => {
    flow.step('trim', async () => {
      note({ trims: batch[0] });
      await flow.state.incr('trimmed', batch.length);
      return batch.length;
    });
    flow.step('check', async () => {
      console.log('checking', batch[0]);
      if (batch.includes(4) && existsSync(broken)) throw new Error('film 4 has no title');
      note({ checked: batch[0] });
    });
  })
  .step('report', async (ctx: any) => { note('reports'); return { films: ctx.last.items.total, payload: ctx.payload }; });
`);

export const LINE_OF_FAILURE = FILMS.split('\n').findIndex(line => line.includes('has no title')) + 1;

export const SUMMARY_KEYS = [
  'event',
  'run',
  'workflow',
  'status',
  'items',
  'batches',
  'nodes',
  'steps',
  'state',
  'output',
  'error',
  'durationMs',
];
