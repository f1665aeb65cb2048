import type { Database } from 'better-sqlite3';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { all, range, World } from './outside.ts';
import { Bench, workflow } from './runs.ts';

/** Six items in batches of two, each checked and then saved; and a step after them. */
export function checkAndSave(world: World, options: object = {}): Definition {
  return workflow(flow =>
    flow
      .step('load', async () => {
        world.act('load');
        return range(6);
      })
      .batch('work', { items: ctx => ctx.steps.load?.output as number[], size: 2, ...options }, (batch, flow) => {
        flow
          .step('check', async () => world.act(`check ${batch}`))
          .step('save', async () => world.act(`save ${batch}`));
      })
      .step('after', async ctx => {
        world.act('after');
        return (await all(ctx.results('work'))).map(({ output }) => output);
      }),
  );
}

/** A bench with a run of a workflow whose world is then mended, so that a re-run can succeed. */
export async function afterRun(world: World, build: () => Definition) {
  const bench = new Bench();
  const summary = await bench.run(build());
  const before = world.take();
  world.mend();
  return { bench, run: summary.run, summary, before };
}

/** All that the store holds, table by table. */
export function contentOf(db: Database): Record<string, unknown[]> {
  const tables = db
    .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table' order by name`)
    .all();
  return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`select * from ${name}`).all()]));
}

/** Two outer batches of two inner ones, with steps around them. */
export function nested(world: World, inner: object = {}): Definition {
  return workflow(flow =>
    flow.forEach('outer', range(2), (outer, flow) => {
      flow
        .step('start', async () => world.act(`start ${outer}`))
        .forEach(
          'inner',
          range(2),
          (inner, flow) => {
            flow
              .step('a', async () => world.act(`a ${outer}.${inner}`))
              .step('b', async () => world.act(`b ${outer}.${inner}`));
          },
          inner,
        )
        .step('end', async () => world.act(`end ${outer}`));
    }),
  );
}

/** Three rounds with a step and a batch node in each. */
export function rounds(world: World, options: object = {}): Definition {
  return workflow(flow =>
    flow.while(
      'loop',
      ctx => ctx.state.get('rounds', 0) < 3,
      flow => {
        flow
          .step('begin', async ctx => {
            const round = ctx.state.get('rounds', 0);
            world.act(`begin ${round}`);
            await ctx.state.set('rounds', round + 1);
            return round;
          })
          .forEach(
            'each',
            range(2),
            (item, flow) => {
              flow.step('one', async ctx => world.act(`item ${ctx.steps.begin.output}.${item}`));
            },
            options,
          );
      },
    ),
  );
}
