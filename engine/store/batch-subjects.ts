import type { Database } from 'better-sqlite3';
import type { Subject } from '../../common/expression/evaluate.ts';
import type { Uses } from '../../common/expression/syntax.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { ItemTexts } from './item-texts.ts';
import { decodeOutput } from './output-pages.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

interface Line {
  readonly idx: number;
  readonly scope: number;
  readonly status: number;
  readonly lastNode: number | null;
  readonly lastAttempt: number | null;
}

export interface SubjectsOf {
  readonly run: number;
  /** An outermost batch node. */
  readonly node: number;
  readonly uses: Uses;
  /** Nodes of the batch's own steps by what an expression calls them. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
}

/** How many rows are read at a time. */
const ROWS = 256;

/** Batches as an expression looks at them, in the order of their places. Only what it uses is read. */
export function* batchSubjects(
  db: Database,
  { run, node, uses, steps }: SubjectsOf,
  from: number,
): Generator<{ readonly index: number; readonly subject: Subject }> {
  const items = new ItemTexts(db, run);
  const rows = prepared<[number, number, number, number], Line>(
    db,
    `select idx, scope, status, last_node as lastNode, last_attempt as lastAttempt from batches
      where run = ? and parent = 0 and node = ? and idx >= ? order by idx limit ?`,
  );
  for (let first = from; ;) {
    const lines = rows.all(run, node, first, ROWS);
    for (const { idx, scope, status, lastNode, lastAttempt } of lines) {
      const isDone = status === BatchStatus.succeeded && lastNode !== null && lastAttempt !== null;
      yield {
        index: idx,
        subject: {
          items: uses.items ? items.itemsOf(scope) : [],
          output: uses.output && isDone ? outputAt(db, run, scope, lastNode, lastAttempt) : undefined,
          outputOf: step => latestOutput(db, run, scope, steps.get(step) ?? []),
        },
      };
    }
    const last = lines.at(-1);
    if (!last || lines.length < ROWS) return;
    first = last.idx + 1;
  }
}

function outputAt(db: Database, run: number, scope: number, node: number, attempt: number): unknown {
  const stored = preparedColumn<[number, number, number, number], string | null>(
    db,
    'select output from steps where run = ? and scope = ? and node = ? and attempt = ?',
  ).get(run, scope, node, attempt);
  return stored === undefined || stored === null ? undefined : decodeOutput(db, run, stored);
}

/** In branches there may be several steps of a name: the first that has put out something. */
function latestOutput(db: Database, run: number, scope: number, nodes: readonly number[]): unknown {
  for (const node of nodes) {
    const stored = preparedColumn<[number, number, number], string | null>(
      db,
      `select output from steps where run = ? and scope = ? and node = ? and status = ${StepStatus.succeeded}
        order by attempt desc limit 1`,
    ).get(run, scope, node);
    if (stored !== undefined && stored !== null) return decodeOutput(db, run, stored);
  }
  return undefined;
}
