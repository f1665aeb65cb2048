import { RESULT_KINDS_SQL } from './kinds.ts';
import type { Database } from 'better-sqlite3';
import { StepStatus } from '../../common/status.ts';
import { decodeOutput, outputTextOf } from './output-pages.ts';
import { prepared } from './prepared-queries.ts';
import { outputText, storedOutput } from './step-queries.ts';

export interface StoredAttempt {
  /** Raised with each attempt of the run. */
  readonly seq: number;
  readonly node: number;
  readonly attempt: number;
  /** A StepStatus. */
  readonly status: number;
  /** As its row has it: see output-pages.ts. */
  readonly output: string | null;
  readonly batchAttempt: number;
  readonly session: number;
  /** Until when the step was to wait, and how long in all: for its delay, or for its next attempt. */
  readonly waits: { readonly until: number; readonly ms: number } | undefined;
}

interface AttemptColumns extends Omit<StoredAttempt, 'waits'> {
  readonly waitsUntil: number | null;
  readonly waitsFrom: number;
}

/** Names an attempt in its scope. */
export interface AttemptIn {
  readonly node: number;
  readonly attempt: number;
}

/** What a run reads of its steps. */
export class StepReader {
  readonly #db: Database;
  readonly #run: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  /** The output of an attempt, in the codec's text. */
  outputOf(scope: number, { node, attempt }: AttemptIn): string | undefined {
    return outputText(this.#db, this.#run, scope, node, attempt);
  }

  /** What the row of an attempt has of its output: see output-pages.ts. */
  storedOutputOf(scope: number, { node, attempt }: AttemptIn): string | undefined {
    return storedOutput(this.#db, this.#run, scope, node, attempt);
  }

  /** The output of an attempt itself; undefined also where it is not there. */
  valueOf(scope: number, of: AttemptIn): unknown {
    const stored = this.storedOutputOf(scope, of);
    return stored === undefined ? undefined : decodeOutput(this.#db, this.#run, stored);
  }

  /** All attempts of all steps of a scope, in the order in which they ended. @param after Only those that come after this `seq` */
  *attemptsIn(scope: number, after = -1): Generator<StoredAttempt> {
    const rows = prepared<[number, number, number], AttemptColumns>(
      this.#db,
      `select seq, node, attempt, status, output, batch_attempt as batchAttempt, session, waits_until as waitsUntil,
         iif(status = ${StepStatus.failed}, ended_at, started_at) as waitsFrom
       from steps where run = ? and scope = ? and seq > ? order by seq`,
    ).iterate(this.#run, scope, after);
    for (const { waitsUntil, waitsFrom, ...attempt } of rows)
      yield { ...attempt, waits: waitsUntil === null ? undefined : { until: waitsUntil, ms: waitsUntil - waitsFrom } };
  }

  /** The nodes that have succeeded in a scope and whose results others read by name. */
  namedResultsIn(scope: number): { node: number; path: string }[] {
    return prepared<[number, number, number], { node: number; path: string }>(
      this.#db,
      `select s.node, n.path from steps s join nodes n on n.run = s.run and n.node = s.node
       where s.run = ? and s.scope = ? and s.status = ? and n.kind in ${RESULT_KINDS_SQL}`,
    ).all(this.#run, scope, StepStatus.succeeded);
  }

  /** The last step of the latest round of a while in which a step ran. */
  lastOfRounds(node: number, parent: number): { node: number; attempt: number; output: string } | undefined {
    const last = prepared<[number, number, number, number], { node: number; attempt: number; output: string }>(
      this.#db,
      `select s.node, s.attempt, s.output from batches b
       join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and s.attempt = b.last_attempt
       where b.run = ? and b.node = ? and b.parent = ? and b.idx >= 0 and s.status = ? order by b.idx desc limit 1`,
    ).get(this.#run, node, parent, StepStatus.succeeded);
    return last && { ...last, output: outputTextOf(this.#db, this.#run, last.output) };
  }
}
