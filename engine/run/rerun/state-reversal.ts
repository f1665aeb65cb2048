import type { Database } from 'better-sqlite3';
import { decode, encode } from '../../store/codec.ts';

interface WriteRow {
  readonly seq: number;
  readonly key: string;
  readonly op: string;
  readonly delta: number | null;
}

/**
 * Takes back what steps that are to be repeated have added to the run's state, so that a re-run never counts twice.
 * Additions can be taken back whatever came after them: `incr`, `update` of a number, and a `set` of a number the step
 * had read. A plain `set` needs no taking back, as the repeated step sets it again; any other change is reported.
 */
export class StateReversal {
  readonly #run: number;
  readonly #added = new Map<string, number>();
  readonly #stuck = new Set<string>();
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(db: Database, run: number) {
    this.#run = run;
    this.#statements = prepareStatements(db);
  }

  takeBack(scope: number, node: number, attempt: number): void {
    for (const write of this.#statements.writes.all(this.#run, scope, node, attempt)) {
      if (write.delta !== null) this.#added.set(write.key, (this.#added.get(write.key) ?? 0) + write.delta);
      else if (write.op === 'update') this.#stuck.add(write.key);
      this.#statements.markReverted.run(this.#run, write.seq);
    }
  }

  finish(): { takenBack: { key: string; by: number }[]; notTakenBack: string[] } {
    const takenBack = [];
    for (const [key, by] of this.#added) {
      const row = this.#statements.state.get(this.#run, key);
      const value = row && decode(row.value);
      if (typeof value !== 'number' || by === 0) continue;
      const text = encode(value - by, 'state');
      this.#statements.setState.run(text, this.#run, key);
      this.#statements.note.run(this.#run, this.#run, this.#run, key, text, -by);
      takenBack.push({ key, by });
    }
    return { takenBack, notTakenBack: [...this.#stuck] };
  }
}

function prepareStatements(db: Database) {
  return {
    writes: db.prepare<[number, number, number, number], WriteRow>(
      'select seq, key, op, delta from state_writes where run = ? and scope = ? and node = ? and attempt = ? and reverted = 0',
    ),
    markReverted: db.prepare('update state_writes set reverted = 1 where run = ? and seq = ?'),
    state: db.prepare<[number, string], { value: string }>('select value from state where run = ? and key = ?'),
    setState: db.prepare('update state set value = ?, version = version + 1 where run = ? and key = ?'),
    note: db.prepare(
      `insert into state_writes (run, seq, key, op, value, delta, scope, node, attempt, reverted)
       values (?, 1 + max(coalesce((select max(seq) from state_writes where run = ?), 0), coalesce((select max(seq) from steps where run = ?), 0)),
               ?, 'revert', ?, ?, 0, 0, 0, 1)`,
    ),
  };
}
