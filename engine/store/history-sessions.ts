import type { Database } from 'better-sqlite3';
import { NEVER } from '../../common/history.ts';
import { sessionsOf, type SessionLine } from './run-queries.ts';

const MOST_UNITS = NEVER - 1;

/** The sessions of a run, and its times as whole units since it began. */
export class HistoryTimes {
  readonly sessions: readonly SessionLine[];
  /** Milliseconds. A run whose re-run comes months later has larger ones. */
  readonly unit: number;
  readonly #from: number;
  readonly #to: number;
  readonly #ends: ReadonlyMap<number, number>;
  readonly #reruns: readonly SessionLine[];

  /** @param to Until when somebody has worked on it */
  constructor(db: Database, run: number, { from, to }: { from: number; to: number }) {
    this.sessions = sessionsOf(db, run);
    this.#from = from;
    this.#to = to;
    this.unit = Math.max(1, Math.ceil((to - from) / MOST_UNITS));
    this.#ends = new Map(this.sessions.map(({ session, endedAt }) => [session, endedAt ?? to]));
    this.#reruns = this.sessions.filter(({ kind }) => kind === 'rerun');
  }

  /** Whether a session ever ended with something begun. */
  get wasStopped(): boolean {
    return this.sessions.some(
      ({ kind, outcome }) => kind === 'resume' || (outcome !== 'completed' && outcome !== 'failed'),
    );
  }

  at(time: number | null): number {
    if (time === null) return NEVER;
    return Math.max(0, Math.min(MOST_UNITS, Math.floor((time - this.#from) / this.unit)));
  }

  /** When a session ended, in milliseconds since 1970. */
  endOf(session: number | null): number {
    return (session === null ? undefined : this.#ends.get(session)) ?? this.#to;
  }

  /**
   * When a person had something tried again that had ended, and that a session then tried; null: nobody did.
   * @param session Null: it still waits
   */
  reopened(endedAt: number | null, session: number | null): number | null {
    const asked = this.#reruns.findLast(
      rerun => (session === null || rerun.session <= session) && rerun.startedAt >= (endedAt ?? 0),
    );
    return asked?.startedAt ?? null;
  }

  /** When it was first asked for after a time. */
  firstRerunAfter(time: number | null): number | null {
    return this.#reruns.find(({ startedAt }) => startedAt >= (time ?? 0))?.startedAt ?? null;
  }
}
