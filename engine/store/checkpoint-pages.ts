import type { Database } from 'better-sqlite3';
import { StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';

/** A step that has succeeded. */
interface Checkpoint {
  readonly node: number;
  readonly attempt: number;
}

const PAGE = 1_000;
/** Who asks for scopes so close to each other asks for all of them. */
const NEAR = 20;
const NONE: readonly Checkpoint[] = [];

/**
 * The checkpoints of scopes, as they are stored. Where one scope after the other is asked for, many are read at a time: for
 * a million batches, a statement for each takes longer than all else.
 */
export class CheckpointPages {
  readonly #db: Database;
  readonly #run: number;
  #page: { readonly first: number; readonly last: number; readonly scopes: ReadonlyMap<number, Checkpoint[]> } = {
    first: 0,
    last: -1,
    scopes: new Map(),
  };
  #asked = -Infinity;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  in(scope: number): readonly Checkpoint[] {
    const isNear = scope >= this.#asked && scope - this.#asked <= NEAR;
    this.#asked = scope;
    if (scope < this.#page.first || scope > this.#page.last) {
      if (!isNear) return this.#read(scope, scope).get(scope) ?? NONE;
      const last = scope + PAGE;
      this.#page = { first: scope, last, scopes: this.#read(scope, last) };
    }
    return this.#page.scopes.get(scope) ?? NONE;
  }

  #read(first: number, last: number): ReadonlyMap<number, Checkpoint[]> {
    const found = new Map<number, Checkpoint[]>();
    const rows = prepared<[number, number, number], Checkpoint & { readonly scope: number }>(
      this.#db,
      `select scope, node, attempt from steps where run = ? and scope between ? and ? and status = ${StepStatus.succeeded}`,
    ).iterate(this.#run, first, last);
    for (const { scope, node, attempt } of rows) {
      const checkpoints = found.get(scope);
      if (checkpoints) checkpoints.push({ node, attempt });
      else found.set(scope, [{ node, attempt }]);
    }
    return found;
  }
}
