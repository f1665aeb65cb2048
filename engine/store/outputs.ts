import type { Database } from 'better-sqlite3';
import { decode } from './codec.ts';
import { BatchStatus } from '../../common/status.ts';

const PAGE = 200;

/** The outputs of a batch node's succeeded batches, in order, a page at a time. */
export async function* batchOutputs(
  db: Database,
  of: { run: number; node: number; parent: number },
): AsyncGenerator<{ index: number; output: unknown }> {
  const page = db.prepare<[number, number, number, number, number, number], { idx: number; output: string | null }>(
    `select b.idx, s.output from batches b
     left join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and s.attempt = b.last_attempt
     where b.run = ? and b.node = ? and b.parent = ? and b.status = ? and b.idx > ? order by b.idx limit ?`,
  );
  for (let after = -1; ;) {
    const rows = page.all(of.run, of.node, of.parent, BatchStatus.succeeded, after, PAGE);
    for (const { idx, output } of rows) yield { index: idx, output: output === null ? undefined : decode(output) };
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.idx ?? after;
  }
}
