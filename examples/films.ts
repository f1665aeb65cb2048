import { cronflow } from 'cronflow';
import { readFileSync } from 'node:fs';
const films = new URL('../data/movies.json', import.meta.resolve('vega-datasets'));
cronflow.define({ id: 'films', name: 'Clean up the film list' })
  .step('load', async () => JSON.parse(readFileSync(films, 'utf8')) as { Title: string }[])
  .batch({ id: 'clean', title: 'Clean in groups of 100', unit: ['film', 'films'] }, { items: ctx => ctx.steps['load'].output, size: 100, concurrency: 4 }, (batch, flow) => {
    flow.step('trim', async () => {
      await new Promise(r => setTimeout(r, 50));
      return batch.map(film => ({ ...film, Title: film.Title.trim() }));
    });
  })
  .step('report', ctx => ctx.last.items);
