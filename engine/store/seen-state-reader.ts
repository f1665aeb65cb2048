import type { Database } from 'better-sqlite3';
import { StepStatus } from '../../common/status.ts';
import { decode } from './codec.ts';
import { prepared } from './prepared-queries.ts';

/** What the steps of a scope have read or written of a key. */
export interface StoredSeen {
  readonly key: string;
  /** 0 for a write: only what was read can be overwritten unread. */
  readonly version: number;
  readonly number: number | null;
  readonly read: boolean;
  /** Of a write: whether it builds on what was read before. */
  readonly builds: boolean;
}

/** A number in the codec's text is never longer: other values are not decoded. */
const LONGEST_NUMBER = 40;

/** What the steps of a scope that have succeeded read and wrote of the run's state, in the order in which they ended. */
export function seenIn(db: Database, run: number, scope: number): StoredSeen[] {
  const reads = prepared<[number, number, number], { seq: number; reads: string }>(
    db,
    'select seq, reads from steps where run = ? and scope = ? and status = ? and reads is not null order by seq',
  ).all(run, scope, StepStatus.succeeded);
  const writes = prepared<[number, number, number], { seq: number; key: string; value: string | null; builds: 0 | 1 }>(
    db,
    `select w.seq, w.key, case when length(w.value) <= ${LONGEST_NUMBER} then w.value end as value,
            w.op in ('incr', 'update') or w.adds is not null as builds
     from state_writes w join steps s using (run, scope, node, attempt)
     where w.run = ? and w.scope = ? and s.status = ? order by w.seq`,
  ).all(run, scope, StepStatus.succeeded);
  const seen = [
    ...reads.flatMap(({ seq, reads }) => parseReads(reads).map(line => ({ seq, line }))),
    ...writes.map(({ seq, key, value, builds }) => ({
      seq,
      line: { key, version: 0, number: numberIn(value), read: false, builds: builds === 1 },
    })),
  ];
  return seen.toSorted((a, b) => a.seq - b.seq).map(({ line }) => line);
}

function parseReads(text: string): StoredSeen[] {
  const rows = JSON.parse(text) as [string, number, number | null][];
  return rows.map(([key, version, number]) => ({ key, version, number, read: true, builds: false }));
}

function numberIn(text: string | null): number | null {
  const value = text === null ? undefined : decode(text);
  return typeof value === 'number' ? value : null;
}
