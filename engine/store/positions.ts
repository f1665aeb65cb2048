import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/** No session writes as many lines of its journal. */
const POSITIONS_A_SESSION = 2 ** 36;

/**
 * The first position in a run's journal that is after all there are (the column `seq`), for its latest session or for one
 * that is about to begin. Positions are compared, and not
 * counted: each session begins at a multiple of its own, because to look for the last one would be to read the whole run.
 */
export function firstPosition(db: Database, run: number, session?: number): number {
  const { sessions, lastStateWrite } = prepared<
    [number, number],
    { sessions: number | null; lastStateWrite: number | null }
  >(
    db,
    `select (select max(session) from sessions where run = ?) as sessions,
       (select max(seq) from state_writes where run = ?) as lastStateWrite`,
  ).get(run, run) ?? { sessions: null, lastStateWrite: null };
  return Math.max(((session ?? sessions ?? 1) - 1) * POSITIONS_A_SESSION, lastStateWrite ?? 0) + 1;
}
