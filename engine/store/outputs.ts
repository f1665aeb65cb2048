import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { decode } from './codec.ts';
import { outputTextOf } from './output-pages.ts';
import { pageOf, type Page } from './pages.ts';
import { prepared } from './prepared-queries.ts';

const MOST_ROWS = 200;

/** What a succeeded batch has put out, in the codec's text; null: nothing. */
export interface BatchOutput {
  readonly index: number;
  readonly output: string | null;
}

/** The outputs of a batch node's succeeded batches after an index, in order: a page of them. */
export function pageOfOutputs(
  db: Database,
  of: { readonly run: number; readonly node: number; readonly parent: number },
  after: number,
  mostChars: number,
): Page<BatchOutput> {
  const stored = prepared<[number, number, number, number, number, number], BatchOutput>(
    db,
    `select b.idx as "index", s.output from batches b
     left join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and s.attempt = b.last_attempt
     where b.run = ? and b.node = ? and b.parent = ? and b.status = ? and b.idx > ? order by b.idx limit ?`,
  ).iterate(of.run, of.node, of.parent, BatchStatus.succeeded, after, MOST_ROWS);
  const outputs = Iterator.from(stored).map(({ index, output }) => ({
    index,
    output: output === null ? null : outputTextOf(db, of.run, output),
  }));
  const { rows, isLast } = pageOf(outputs, mostChars, ({ output }) => output?.length ?? 0);
  return { rows, isLast: isLast && rows.length < MOST_ROWS };
}

/** The outputs of a batch node's succeeded batches, in order, a page at a time. */
export async function* batchOutputs(
  pageAfter: (index: number) => Promise<Page<BatchOutput>>,
): AsyncGenerator<{ index: number; output: unknown }> {
  for (let after = -1; ;) {
    const { rows, isLast } = await pageAfter(after);
    for (const { index, output } of rows) yield { index, output: output === null ? undefined : decode(output) };
    if (isLast) return;
    after = rows.at(-1)?.index ?? after;
  }
}
