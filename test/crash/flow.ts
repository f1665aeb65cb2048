import { Project } from '../support/project.ts';
import { eventually } from '../support/cli.ts';
import { Random } from './plan.ts';

/*
 * The workflow that is killed: sixty items in twelve batches, three at a time, each of two steps and an action. Every
 * step notes in the ledger, which no crash undoes, when it has done its work in the world.
 */

export const STEPS = ['work/first', 'work/second', 'work/third'] as const;
export const BATCHES = 12;

const FLOW = Project.workflow(`
import { readFileSync } from 'node:fs';
cronflow.define({ id: 'ledger', name: 'Ledger' })
  .step('load', async (ctx: any) => { await did(ctx, 'load'); return Array.from({ length: 60 }, (_, id) => id); })
  .batch('work', { items: (ctx: any) => ctx.last, size: 5, concurrency: 3 }, (batch: any, flow: any) => {
    flow
      .step('first', async (ctx: any) => {
        console.log('first', ctx.batch.index);
        await sleep(12);
        await ctx.state.incr('items', batch.length);
        await did(ctx, 'work/first');
        return batch.map((id: number) => id * 2);
      })
      .step('second', async (ctx: any) => {
        await sleep(8);
        await ctx.state.update('largest', (largest = 0) => Math.max(largest, ...ctx.last));
        await did(ctx, 'work/second');
        return ctx.last.reduce((sum: number, id: number) => sum + id, 0);
      })
      .action('third', async (ctx: any) => {
        console.log('third', ctx.batch.index);
        await ctx.state.set('batch ' + ctx.batch.index, ctx.last);
        await did(ctx, 'work/third');
      });
  })
  .step('sum', async (ctx: any) => {
    let sum = 0;
    for await (const { output } of ctx.results('work')) sum += output;
    await did(ctx, 'sum');
    return sum;
  });
const text = (name: string) => { try { return readFileSync(new URL('./' + name, import.meta.url), 'utf8'); } catch { return ''; } };
/** Notes the deed. No more deeds are done than the file \`limit\` allows, so that a kill never comes when all is over. */
async function did(ctx: any, step: string) {
  note({ step, batch: ctx.batch?.index ?? null, key: ctx.idempotencyKey, pid: process.pid });
  while (text('ledger.txt').split('\\n').length - 1 >= Number(text('limit') || Infinity) && !ctx.signal.aborted) await sleep(2);
}
`);

export interface Deed {
  readonly step: string;
  readonly batch: number | null;
  readonly key: string;
  /** The runner that did it. */
  readonly pid: number;
}

interface StoredRow {
  readonly id: string;
  readonly row: unknown;
}

/** What the store holds of a run at one moment, read past the engine. */
export interface Snapshot {
  /** Steps that have their checkpoint, as `path batch`. */
  readonly checkpoints: ReadonlySet<string>;
  /** Attempts that have come to an end, and log lines: nothing may ever be taken from these. */
  readonly attempts: readonly StoredRow[];
  readonly logs: readonly StoredRow[];
  readonly integrity: string;
}

const SUCCEEDED = 2;
const RUNNING = 1;

export class CrashProject extends Project {
  constructor() {
    super({ 'flow.ts': FLOW });
  }

  deeds(): Deed[] {
    return this.ledger() as Deed[];
  }

  /** How often each step of each batch was done, as `path batch`. */
  counts(deeds: readonly Deed[] = this.deeds()): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { step, batch } of deeds) counts.set(placeOf(step, batch), (counts.get(placeOf(step, batch)) ?? 0) + 1);
    return counts;
  }

  snapshot(): Snapshot {
    const attempts = this.rows(
      `select n.path, b.idx, s.* from steps s join nodes n on n.run = s.run and n.node = s.node
       left join batches b on b.run = s.run and b.scope = s.scope order by s.seq`,
    );
    return {
      checkpoints: new Set(
        attempts.filter(({ status }) => status === SUCCEEDED).map(({ path, idx }) => placeOf(path, idx)),
      ),
      attempts: attempts
        .filter(({ status }) => status !== RUNNING)
        .map(row => ({ id: `${row.scope} ${row.node} ${row.attempt}`, row })),
      logs: this.rows('select * from logs order by id').map(row => ({ id: String(row.id), row })),
      integrity: this.rows('pragma integrity_check')
        .map(({ integrity_check }) => String(integrity_check))
        .join('\n'),
    };
  }

  /** The process that works on the run. */
  async runner(): Promise<number> {
    await eventually('the run has an owner', () => {
      try {
        return this.rows('select pid from leases').length > 0;
      } catch {
        return false; // The store is being made.
      }
    });
    return Number(this.rows('select pid from leases')[0].pid);
  }
}

export function placeOf(step: string, batch: number | null): string {
  return batch === null ? step : `${step} ${batch}`;
}

/** Numbers between 0 and 1 that are the same in every run of the tests. */
export function seeded(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}
