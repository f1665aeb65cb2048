import Database from 'better-sqlite3';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { newFolder, ROOT, runForJson } from './support.ts';

/** A copy of an example that a test may change, with a store of its own. */
function copyOf(name: string, { onTestFinished }: TestContext): { folder: string; file: string } {
  const { folder, remove } = newFolder();
  onTestFinished(remove);
  const file = path.join(folder, name);
  copyFileSync(path.join(ROOT, 'examples', name), file);
  return { folder, file };
}

function change(file: string, from: string, to: string): void {
  const before = readFileSync(file, 'utf8');
  expect(before.split(from)).toHaveLength(2);
  writeFileSync(file, before.replace(from, to));
}

function dataOf(name: string): unknown {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  return JSON.parse(readFileSync(path.join(path.dirname(entry), '..', 'data', name), 'utf8')) as unknown;
}

function query(folder: string, sql: string): Readonly<Record<string, unknown>>[] {
  const db = new Database(path.join(folder, '.cronflow', 'runs.db'), { readonly: true });
  try {
    return db.prepare<[], Record<string, unknown>>(sql).all();
  } finally {
    db.close();
  }
}

/** Which nodes the second process that worked on the run has executed, and in which batches. */
const EXECUTED_AGAIN = `select n.path as node, b.idx as batch from steps s join nodes n using (run, node)
  left join batches b on b.run = s.run and b.scope = s.scope where s.run = 1 and s.session = 2 order by s.seq`;

const LONG = { timeout: 300_000 };

describe.concurrent('the examples', () => {
  test('films fails on those whose titles are no texts, and completes when the line is fixed', LONG, async context => {
    const { folder, file } = copyOf('films.ts', context);
    const films = dataOf('movies.json') as { Title: unknown }[];
    const odd = [
      ...new Set(films.flatMap(({ Title }, index) => (typeof Title === 'string' ? [] : [Math.floor(index / 100)]))),
    ];
    expect(odd).toEqual([0, 10, 11, 17, 30]);

    const failed = await runForJson(folder, ['run', 'films.ts']);
    expect(failed.code).toBe(1);
    expect(failed.summary).toMatchObject({
      status: 'failed',
      items: { total: 3201, succeeded: 2701, failed: 500 },
      batches: { total: 33, succeeded: 28, failed: 5 },
      state: { 'films-cleaned': 2701 },
    });
    expect(
      query(folder, 'select idx from batches where run = 1 and status = 3 order by idx').map(({ idx }) => idx),
    ).toEqual(odd);

    // The line that the head of the file says to change, as it says to change it.
    const mended = /^ \* +(title: String\(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
    expect(mended).toBeDefined();
    change(file, 'title: film.Title.trim(), // <--', mended ?? '');
    const again = await runForJson(folder, ['rerun', failed.summary.run]);
    expect(again.code).toBe(0);
    expect(again.summary).toMatchObject({
      run: failed.summary.run,
      status: 'completed',
      items: { total: 3201, succeeded: 3201, failed: 0 },
      state: { 'films-cleaned': 3201 },
      output: { films: 3201, best: ['Avatar', 'Titanic', 'The Lord of the Rings: The Return of the King'] },
    });
    expect(again.lines[0]).toMatchObject({
      event: 'started',
      rerun: { nodes: [{ path: 'clean', batches: 5, indices: odd }], reused: { batches: 28 } },
    });
    // Of five batches the tidying, the branch and its step, and the counting; then the report. Nothing else.
    expect(again.summary.steps.executed).toBe(5 * 4 + 1);
    const executed = query(folder, EXECUTED_AGAIN);
    expect(new Set(executed.map(({ batch }) => batch))).toEqual(new Set([...odd, null]));
    expect(executed.filter(({ batch }) => batch === null).map(({ node }) => node)).toEqual(['clean', 'report']);
  });

  test('films names those whose titles are no texts, when its step marks them', LONG, async context => {
    const { folder, file } = copyOf('films.ts', context);
    change(
      file,
      '() =>\n            films.map((film): Film => ({',
      'ctx =>\n            ctx.each(films, (film): Film => ({',
    );
    const films = dataOf('movies.json') as { Title: unknown }[];
    const odd = films.flatMap(({ Title }, position) => (typeof Title === 'string' ? [] : [{ position, Title }]));
    expect((await runForJson(folder, ['run', 'films.ts'])).code).toBe(1);
    const { lines } = await runForJson(folder, ['show', '1']);
    expect(lines.filter(line => 'event' in line && line.event === 'item')).toMatchObject(
      odd.map(({ position, Title }) => ({
        node: 'clean',
        batch: Math.floor(position / 100),
        item: position % 100,
        position,
        label: Title === null ? 'Untitled' : String(Title),
        found: 'marked',
      })),
    );
  });

  test('flights says what counting them one by one says', LONG, async context => {
    const { folder } = copyOf('flights.ts', context);
    const { code, summary } = await runForJson(folder, ['run', 'flights.ts']);
    expect(code).toBe(0);
    expect(summary.items).toMatchObject({ total: 200_000, succeeded: 200_000, failed: 0 });

    const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, flights: 0, late: 0, delay: 0 }));
    for (const { time, delay } of dataOf('flights-200k.json') as { time: number; delay: number }[]) {
      const at = hours[Math.floor(time)];
      if (!at) throw new Error(`${time} is no hour`);
      at.flights += 1;
      at.delay += delay;
      if (delay >= 15) at.late += 1;
    }
    const busy = hours
      .filter(({ flights }) => flights >= 1000)
      .map(sums => ({ ...sums, average: sums.delay / sums.flights }))
      .toSorted((a, b) => a.average - b.average);
    expect(summary.output).toEqual({ flights: 200_000, best: busy.at(0), worst: busy.at(-1) });
  });

  test('orders completes with the declined cards on record, and those alone run again', LONG, async context => {
    const { folder, file } = copyOf('orders.ts', context);
    const first = await runForJson(folder, ['run', 'orders.ts', '--payload', '{"orders":80}']);
    expect(first.code).toBe(0);
    expect(first.summary).toMatchObject({
      status: 'completed',
      items: { total: 80, succeeded: 78, failed: 2 },
      state: { knocks: 3, 'mails-to-write-by-hand': 4 },
      output: { sent: 78, waiting: 2 },
    });
    change(file, 'DECLINED = 40', 'DECLINED = 9_999');
    const again = await runForJson(folder, ['rerun', first.summary.run]);
    expect(again.summary).toMatchObject({
      status: 'completed',
      items: { total: 80, succeeded: 80, failed: 0 },
      state: { 'mails-to-write-by-hand': 4 },
      output: { sent: 80, waiting: 0 },
    });
    expect(again.lines[0]).toMatchObject({
      rerun: { nodes: [{ path: 'order', indices: [39, 79] }], repeats: ['report'] },
    });
  });
});
