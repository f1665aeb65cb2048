import path from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { decode, encode } from '../../engine/store/codec.ts';
import { deleteRun } from '../../engine/store/delete-run.ts';
import { bytesOfRun } from '../../engine/store/run-size.ts';
import { resultText } from '../../engine/store/run-queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { attemptLines, outputText } from '../../engine/store/step-queries.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { compareRuns } from '../../host/store/compare.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getOutput, getResult } from '../../host/store/values.ts';
import { Interruption } from '../support/interruption.ts';
import { all, range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/* A large array that a step returns stands in pages in the store: nobody sees a difference. */

vi.setConfig({ testTimeout: 30_000 });

interface Item {
  id: number;
  name: string;
}

/** Its text has about 1.5 MB. */
const large = (mark = '') => range(30_000).map((id): Item => ({ id, name: `item ${id}${mark}, which is Müller's` }));
let text: string;
beforeAll(() => {
  text = encode(large(), 'output');
});

const pagesIn = ({ db }: Bench): number =>
  db.prepare<[], number>('select count(*) from output_pages').pluck().get() ?? 0;
const longestRow = ({ db }: Bench): number =>
  db
    .prepare<[], number>('select max(length(output)) from (select output from steps union all select output from runs)')
    .pluck()
    .get() ?? 0;

test('the steps behind it, the run and whoever looks at it are given all of it', async () => {
  const bench = new Bench();
  const summary = await bench.run(
    workflow(flow =>
      flow
        .step('read', () => large())
        .batch('split', { items: ctx => ctx.last as Item[], size: 10_000 }, (batch, inner) => {
          inner.step('count', () => batch.length);
        })
        .step('again', ctx => (ctx.steps.read as unknown as { output: Item[] }).output),
    ),
  );
  expect(summary).toMatchObject({ status: 'completed', batches: { succeeded: 3 } });
  expect(summary.output).toStrictEqual(large());
  expect(pagesIn(bench)).toBeGreaterThan(8);
  expect(longestRow(bench)).toBeLessThan(2_000);
  const { db } = bench;
  expect(storedSummary(db, requireRun(db, 1), Date.now()).output).toStrictEqual(large());
  expect(resultText(db, 1)).toBe(text);
  const [read] = attemptLines(db, 1, 0, undefined, 9);
  expect(read).toMatchObject({ path: 'read', outputSize: Buffer.byteLength(text) });
  expect(outputText(db, 1, 0, read?.node ?? -1, 1)).toBe(text);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const seen = getOutput(store, { run: 1, scope: 0, node: read?.node ?? -1, attempt: 1 });
  expect(seen).toMatchObject({ truncated: true, size: text.length });
  expect(seen.json).toContain(`"name": "item 1, which is Müller's"`);
  expect(getResult(store, { run: 1 })).toEqual(seen);
});

test('what becomes of the array after its step has returned it does not change what is stored', async () => {
  const bench = new Bench();
  const mine = large();
  const { output } = await bench.run(
    workflow(flow =>
      flow
        .step('read', () => {
          process.nextTick(() => mine.forEach(item => (item.name = 'changed')));
          return mine;
        })
        .step('first', ctx => (ctx.last as Item[])[0]),
    ),
  );
  expect(mine[0]?.name).toBe('changed');
  expect(output).toEqual(large()[0]);
});

test('a race is won with one before it is stored', async () => {
  const bench = new Bench();
  const { output } = await bench.run(
    workflow(flow => flow.race('which', { fast: () => large(), slow: () => new Promise(() => {}) })),
  );
  expect(output).toStrictEqual(large());
});

test('a resume and a re-run go on with it as it is stored', async () => {
  const bench = new Bench();
  const interruption = new Interruption();
  let reads = 0;
  let isBroken = true;
  const definition = workflow(flow =>
    flow
      .step('read', () => {
        reads += 1;
        return large();
      })
      .step('stop', () => {
        interruption.here();
      })
      .forEach('each', [0], (_item, inner) => {
        inner.step('use', ctx => {
          if (isBroken) throw new Error('broken');
          return (ctx.steps.read as unknown as { output: Item[] }).output.length;
        });
      })
      .step('end', async ctx => ({
        all: (ctx.steps.read as unknown as { output: Item[] }).output,
        each: await all(ctx.results('each')),
      })),
  );
  expect(await interruption.run(bench, definition)).toMatchObject({ status: 'interrupted' });
  expect(await bench.resume(definition, 1)).toMatchObject({ status: 'failed' });
  isBroken = false;
  const { output } = await bench.rerun(definition, 1);
  expect(output).toEqual({ all: large(), each: [{ index: 0, output: 30_000 }] });
  expect(reads).toBe(1);
});

test('batches put it out, in workers as well, and their results are read', async () => {
  for (const bench of [new Bench(), new WorkerBench()]) {
    const { output } = await bench.run(
      workflow(flow =>
        flow
          .forEach(
            'each',
            [1, 2],
            (item, inner) => {
              inner.step('make', () => large(` of ${item}`)).step('same', ctx => ctx.last);
            },
            bench instanceof WorkerBench ? { workers: 1 } : {},
          )
          .step('sum', async ctx => {
            const found: unknown[] = [];
            for await (const { output } of ctx.results('each') as AsyncIterable<{ output: Item[] }>)
              found.push([output.length, output[7]]);
            return found;
          }),
      ),
    );
    expect(output).toEqual([1, 2].map(item => [30_000, large(` of ${item}`)[7]]));
    expect(pagesIn(bench)).toBeGreaterThan(30);
    expect(longestRow(bench)).toBeLessThan(2_000);
  }
});

test('another run is given it from the cache, and a step the output of another workflow', async () => {
  const bench = new Bench();
  const definition = workflow(flow => flow.step('read', () => large(), { cache: { key: 'all' } }));
  await bench.run(definition);
  const { run, output } = await bench.run(definition);
  expect(attemptLines(bench.db, run, 0, undefined, 1)).toMatchObject([{ cachedRun: 1 }]);
  expect(output).toStrictEqual(large());
  const parent = new Bench({
    otherWorkflow: () => ({ definition: workflow(flow => flow.step('read', () => large())), file: '/test/other.ts' }),
  });
  const outer = await parent.run(
    workflow(flow => flow.subflow('other', 'other', {}).step('count', ctx => (ctx.last as Item[]).length)),
  );
  expect(outer).toMatchObject({ status: 'completed', output: 30_000 });
});

test('two runs that have put out the same differ in nothing, and in one character they do', async () => {
  const bench = new Bench();
  for (const mark of ['', '', '!'])
    await bench.run(
      workflow(flow =>
        flow.forEach('rows', [0], (_row, inner) => {
          inner.step('make', () => large().with(29_999, { id: 29_999, name: `the last${mark === '' ? '?' : mark}` }));
        }),
      ),
    );
  bench.db.exec('update batches set started_at = 1000, ended_at = 1100');
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const differences = (run: number, other: number) =>
    compareRuns(store, { run, other, path: 'rows', from: 0 }).batches.map(({ differs }) => differs);
  expect(differences(1, 2)).toEqual([]);
  expect(differences(1, 3)).toEqual([['output']]);
});

test('it is a part of the size of its run, and goes with it', async () => {
  const bench = new Bench();
  const { run } = await bench.run(workflow(flow => flow.step('read', () => [...large(), ...large('!')])));
  expect(bytesOfRun(bench.db, run)).toBeGreaterThan(2 * text.length);
  deleteRun(bench.db, run, () => Date.now());
  expect(pagesIn(bench)).toBe(0);
});

test('a page that is gone, or is none any more, is told of, not left out', async () => {
  const bench = new Bench();
  await bench.run(workflow(flow => flow.step('read', () => large())));
  const said = 'The pages of an output are not in the form in which they were written.';
  bench.db.exec("update output_pages set text = '[1' where page = 3");
  expect(() => storedSummary(bench.db, requireRun(bench.db, 1), 0)).toThrow(said);
  bench.db.exec('delete from output_pages where page = 3');
  expect(() => storedSummary(bench.db, requireRun(bench.db, 1), 0)).toThrow(said);
  expect(() => decode(resultText(bench.db, 1) ?? '')).toThrow(said);
});
