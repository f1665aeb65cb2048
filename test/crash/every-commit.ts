import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { attachToPoints } from '../../engine/failpoints.ts';
import { rerunRun, resumeRun, startRun, type RunInProgress, type RunEnvironment } from '../../engine/run/execute.ts';
import { openStore } from '../../engine/store/open.ts';
import { define } from '../../engine/workflow/define.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import type { Cronflow } from '../../engine/workflow/types.ts';
import { build } from './build.ts';
import { checkBetween, checkEffects, checkOutcome, type Moment } from './checks.ts';
import { mostInFlight, type Plan, type Random } from './plan.ts';
import { recordOf } from './record.ts';
import { World, type Noted } from './world.ts';

/*
 * What a kill leaves is what had been committed. So a run in this process is gone on with from what it had committed at
 * each of its commits, as if it had been killed right after it: many times what can be tried with processes.
 */

/** What a kill at one moment would have left. */
interface Left {
  readonly store: Buffer;
  readonly ledger: readonly Noted[];
  readonly linesBeforeRerun: number;
}

export interface Tried {
  kills: number;
  repeated: number;
  /** How many passes of batches were set aside, in all that it came to. */
  readonly passes: Set<number>;
}

/**
 * Kills a run of the plan after each of its commits, and each that goes on from there once more; then mends what is
 * broken and does the same with its re-run.
 */
export async function killAtEveryCommit(plan: Plan, folder: string, random: Random, tried: Tried): Promise<void> {
  const trial = new EveryCommit(plan, folder, random, tried);
  const failed = await trial.killAll(worker => startRun(worker, 'test.ts', '[{}]'), undefined);
  writeFileSync(path.join(folder, 'mended'), '');
  const row = recordAt(failed, folder);
  if (row.outcome.status === 'completed' && row.summary.batches.failed === 0) return;
  await trial.killAll(worker => rerunRun(worker, 1, { batches: 'failed' }), failed);
}

class EveryCommit {
  readonly #plan: Plan;
  readonly #folder: string;
  readonly #random: Random;
  readonly #tried: Tried;

  constructor(plan: Plan, folder: string, random: Random, tried: Tried) {
    this.#plan = plan;
    this.#folder = folder;
    this.#random = random;
    this.#tried = tried;
  }

  /** Does it once to its end, and once for each commit from what that had left. Gives what is left at the end. */
  async killAll(
    begin: (worker: RunEnvironment) => RunInProgress | Promise<RunInProgress>,
    from: Left | undefined,
  ): Promise<Left> {
    const kept: Left[] = [];
    const end = await this.#work(begin, from, from?.ledger.length ?? 0, left => kept.push(left));
    const reference = recordAt(end, this.#folder).outcome;
    for (const left of kept) {
      const again: Left[] = [];
      const resumed = await this.#work(
        worker => resumeRun(worker, 1),
        left,
        left.linesBeforeRerun,
        next => again.push(next),
      );
      this.#check(left, resumed);
      const {
        outcome,
        kept: { passes },
      } = recordAt(resumed, this.#folder);
      checkOutcome(outcome, reference);
      this.#tried.passes.add(passes.size);
      const second = again.length > 0 ? this.#random.pick(again) : undefined;
      if (second === undefined || !this.#random.chance(0.3)) continue;
      this.#check(left, second);
      const last = await this.#work(worker => resumeRun(worker, 1), second, left.linesBeforeRerun);
      this.#check(second, last);
      checkOutcome(recordAt(last, this.#folder).outcome, reference);
    }
    return end;
  }

  #check(before: Left, after: Left): void {
    this.#tried.kills += 1;
    checkEffects(momentAt(after, this.#folder));
    this.#tried.repeated += checkBetween(momentAt(before, this.#folder), momentAt(after, this.#folder), {
      isRerun: false,
      most: mostInFlight(this.#plan),
    }).repeated;
  }

  async #work(
    begin: (worker: RunEnvironment) => RunInProgress | Promise<RunInProgress>,
    from: Left | undefined,
    linesBeforeRerun: number,
    onCommit?: (left: Left) => void,
  ): Promise<Left> {
    const ledger = [...(from?.ledger ?? [])];
    takeDefinitions();
    build({ define } as unknown as Cronflow, this.#plan, new World(this.#folder, ledger));
    const [definition] = takeDefinitions();
    if (!definition) throw new Error('Nothing was defined.');
    const db = storeOf(from, this.#folder);
    const leave = (): Left => ({ store: db.serialize(), ledger: [...ledger], linesBeforeRerun });
    try {
      const run = await begin({ db, storeFile: this.#folder, definition, code: { hash: 'test', sources: [] } });
      const status = db.prepare<[], string>('select status from runs').pluck();
      // What it looks for now and then, it may look for once more when it has ended.
      attachToPoints(name => {
        if (name === 'after-commit' && status.get() === 'running') onCommit?.(leave());
      });
      await run.done;
      attachToPoints(() => undefined);
      return leave();
    } finally {
      attachToPoints(() => undefined);
      db.close();
    }
  }
}

let empty: Buffer | undefined;

/** A store as it was left, in memory: nobody kills this process. Whoever had worked on it is gone. */
function storeOf(left: Left | undefined, folder: string): Database.Database {
  const store = left?.store ?? (empty ??= emptyStore(folder));
  // What was in WAL mode cannot be opened in memory as it is: the two bytes that say so are the versions of the file format.
  store.fill(1, 18, 20);
  const db = new Database(store);
  db.pragma('foreign_keys = ON');
  db.exec('delete from leases');
  return db;
}

function emptyStore(folder: string): Buffer {
  const db = openStore(path.join(folder, 'empty.db'), { mode: 'create' });
  try {
    return db.serialize();
  } finally {
    db.close();
  }
}

function momentAt(left: Left, folder: string): Moment {
  return { record: recordAt(left, folder), ledger: left.ledger, linesBeforeRerun: left.linesBeforeRerun };
}

function recordAt(left: Left, folder: string): Moment['record'] {
  const db = storeOf(left, folder);
  try {
    const record = recordOf(db);
    if (!record) throw new Error('There is no run.');
    return record;
  } finally {
    db.close();
  }
}
