import type { Database } from 'better-sqlite3';
import type { DurableWaitKind } from '../../common/node-kinds.ts';
import { prepared } from './prepared-queries.ts';

export type WaitStatus = 'open' | 'answered' | 'timeout' | 'withdrawn';

/** Which step asks, and how often it has. */
export interface WaitKey {
  readonly scope: number;
  readonly node: number;
  readonly ask: number;
}

/** A step that waits for a person or an event, as it is stored. */
export interface WaitRow extends WaitKey {
  readonly batchAttempt: number;
  readonly token: string;
  readonly kind: DurableWaitKind;
  readonly event: string | null;
  readonly description: string | null;
  /** In the codec's text. */
  readonly payload: string | null;
  readonly since: number;
  readonly until: number | null;
  readonly status: WaitStatus;
  /** What the step comes to, in the codec's text. */
  readonly answer: string | null;
  readonly taken: 0 | 1;
}

/** How a wait has ended. */
export interface WaitEnd extends WaitKey {
  readonly status: Exclude<WaitStatus, 'open' | 'withdrawn'>;
  readonly answer: string | null;
}

const COLUMNS =
  'scope, node, ask, batch_attempt as batchAttempt, token, kind, event, description, payload, since, until, status, answer, taken';

/** What a run writes and reads of its waits. Writes run at once; journal.ts groups them into transactions. */
export class WaitStore {
  readonly #db: Database;
  readonly #run: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  /** The last time that a step has asked. */
  last(scope: number, node: number): WaitRow | undefined {
    return prepared<[number, number, number], WaitRow>(
      this.#db,
      `select ${COLUMNS} from waits where run = ? and scope = ? and node = ? order by ask desc limit 1`,
    ).get(this.#run, scope, node);
  }

  open(row: Omit<WaitRow, 'status' | 'answer' | 'taken'>): void {
    prepared<unknown[]>(
      this.#db,
      `insert into waits (run, scope, node, ask, batch_attempt, token, kind, event, description, payload, since, until, status)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')`,
    ).run(
      this.#run,
      row.scope,
      row.node,
      row.ask,
      row.batchAttempt,
      row.token,
      row.kind,
      row.event,
      row.description,
      row.payload,
      row.since,
      row.until,
    );
  }

  /** What is shown to whoever decides, once the author's code has said so. */
  shows({ scope, node, ask }: WaitKey, payload: string): void {
    prepared<unknown[]>(
      this.#db,
      'update waits set payload = ? where run = ? and scope = ? and node = ? and ask = ?',
    ).run(payload, this.#run, scope, node, ask);
  }

  /** Ends a wait that is still open: whoever answers comes too late. */
  end({ scope, node, ask }: WaitKey, status: 'timeout' | 'withdrawn', at: number): void {
    prepared<unknown[]>(
      this.#db,
      `update waits set status = ?, answered_at = ? where run = ? and scope = ? and node = ? and ask = ? and status = 'open'`,
    ).run(status, at, this.#run, scope, node, ask);
  }

  /** The step has come to the answer. */
  take({ scope, node, ask }: WaitKey): void {
    prepared<unknown[]>(
      this.#db,
      'update waits set taken = 1 where run = ? and scope = ? and node = ? and ask = ?',
    ).run(this.#run, scope, node, ask);
  }

  /** The answer of a wait for an event is not what its step waits for: it waits on, for what was published after that. */
  passOver(row: WaitRow, next: Omit<WaitRow, 'status' | 'answer' | 'taken'>): void {
    this.take(row);
    this.open(next);
    const { scope, node } = row;
    prepared<[object]>(
      this.#db,
      `update waits set status = 'answered', answer = e.payload, answered_at = e.at, answered_by = e.who, event_id = e.id
       from (select id, payload, at, who from events
              where name = @event and id > coalesce((select event_id from waits
                where run = @run and scope = @scope and node = @node and ask = @passedOver), 0) order by id limit 1) e
       where run = @run and scope = @scope and node = @node and ask = @ask and (until is null or until > e.at)`,
    ).run({ run: this.#run, scope, node, event: row.event, passedOver: row.ask, ask: next.ask });
  }

  /** Waits that have ended and whose steps do not know yet. */
  ended(): WaitEnd[] {
    return prepared<[number], WaitEnd>(
      this.#db,
      `select scope, node, ask, status, answer from waits where run = ? and status in ('answered', 'timeout') and taken = 0`,
    ).all(this.#run);
  }
}
