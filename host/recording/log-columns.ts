import type { Database } from 'better-sqlite3';
import { countLogs, recordedLogs } from '../../engine/store/recording-queries.ts';
import type { LogColumns } from '../api/recording.ts';
import { TextTable } from './batch-columns.ts';
import { words, type Redaction } from './shape.ts';

/** More lines than these nobody reads from the end on; those of the batches with all details come with them. */
const LAST_LINES = 20_000;
const LINES_OF_A_BATCH = 200;

export function logColumns(db: Database, run: number, scopes: readonly number[], redaction: Redaction): LogColumns {
  const lines = recordedLogs(db, run, { last: LAST_LINES, scopes, ofEach: LINES_OF_A_BATCH });
  const levels = new TextTable();
  const texts = new TextTable();
  return {
    ids: Uint32Array.from(lines, ({ id }) => id),
    at: Float64Array.from(lines, ({ at }) => at),
    level: Uint8Array.from(lines, ({ level }) => levels.placeOf(level)),
    levels: levels.texts,
    text: Uint32Array.from(lines, ({ text }) => texts.placeOf(words(text, redaction))),
    texts: texts.texts,
    node: Uint32Array.from(lines, ({ node }) => node ?? 0),
    attempt: Uint32Array.from(lines, ({ attempt }) => attempt ?? 0),
    scope: Uint32Array.from(lines, ({ scope }) => scope ?? 0),
    left: countLogs(db, run) - lines.length,
  };
}
