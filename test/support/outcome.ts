import type { Database } from 'better-sqlite3';
import { decode } from '../../engine/store/codec.ts';
import { parseOptionalError } from '../../engine/store/queries.ts';
import { itemsText } from '../../engine/store/step-queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { BatchStatus, batchStatusName, StepStatus } from '../../common/status.ts';
import { READ } from '../crash/state-kinds.ts';
import type { Bench } from './runs.ts';

/** All that a run came to, in terms that do not depend on when, in which order or in how many sessions it ran. */
export interface Outcome {
  readonly status: string | undefined;
  readonly output: unknown;
  readonly state: Record<string, unknown>;
  /** Status and items of every batch and round, by place: `work[2]`, `outer[0]/inner[1]`. */
  readonly batches: Record<string, unknown>;
  /**
   * What every step, condition and node left at last: its output, or the message of its error. By place:
   * `work[2]/check`. A sleep leaves a time.
   */
  readonly steps: Record<string, unknown>;
}

export function outcomeOf({ db }: Pick<Bench, 'db'>, run: number): Outcome {
  const row = readRun(db, run);
  const places = placesOf(db, run);
  const batches: Outcome['batches'] = {};
  for (const { scope, status } of db
    .prepare<[number], { scope: number; status: number }>(
      `select scope, status from batches where run = ? and status <> ${BatchStatus.superseded}`,
    )
    .all(run)) {
    const items = itemsText(db, run, scope, undefined);
    batches[places.get(scope)?.place ?? scope] = [
      batchStatusName(status),
      items === undefined ? undefined : decode(items),
    ];
  }
  const steps: Outcome['steps'] = {};
  const latest = db
    .prepare<[number], { scope: number; path: string; status: number; output: string | null; error: string | null }>(
      `select s.scope, n.path, s.status, s.output, s.error, max(s.attempt) from steps s join nodes n on n.run = s.run and n.node = s.node
     where s.run = ? and n.kind <> 'sleep' and not exists (select 1 from batches b where b.run = s.run and b.scope = s.scope and b.status = ${BatchStatus.superseded}) group by s.scope, s.node`,
    )
    .all(run);
  for (const { scope, path, status, output, error } of latest) {
    const around = places.get(scope);
    if (path.endsWith(READ)) continue;
    if (around === undefined) continue; // The last question of a while has a scope, and no round.
    steps[placeIn(around, path)] =
      status === StepStatus.succeeded && output !== null ? decode(output) : parseOptionalError(error)?.message;
  }
  const state = db
    .prepare<[number], { key: string; value: string }>('select key, value from state where run = ? order by key')
    .all(run);
  return {
    status: row?.status,
    output: row?.output ? decode(row.output) : undefined,
    state: Object.fromEntries(state.map(({ key, value }) => [key, decode(value)])),
    batches: inOrder(batches),
    steps: inOrder(steps),
  };
}

/** A scope as one finds it: its batch node's path, and the same with the index of each batch it is in. */
export interface ScopePlace {
  readonly path: string;
  readonly place: string;
}

/** Where the scopes of a run are, those that a re-run took out of use too. */
export function placesOf(db: Database, run: number): Map<number, ScopePlace> {
  const places = new Map<number, ScopePlace>([[0, { path: '', place: '' }]]);
  const scopes = db
    .prepare<[number], { scope: number; path: string; parent: number; idx: number }>(
      'select b.scope, n.path, b.parent, b.idx from batches b join nodes n on n.run = b.run and n.node = b.node where b.run = ? order by b.scope',
    )
    .all(run);
  // One inside another may have the lower number: a worker is given numbers before it needs them.
  const rows = new Map(scopes.map(row => [row.scope, row]));
  const add = (scope: number): ScopePlace | undefined => {
    const row = rows.get(scope);
    const known = places.get(scope);
    if (known || !row) return known;
    const around = add(row.parent);
    const here = around && { path: row.path, place: `${placeIn(around, row.path)}[${row.idx}]` };
    if (here) places.set(scope, here);
    return here;
  };
  for (const scope of rows.keys()) add(scope);
  return places;
}

/** A node's path, in the place of its scope: `work[3]/check`. */
export function placeIn({ path, place }: ScopePlace, node: string): string {
  return place === '' ? node : `${place}/${node.slice(path.length + 1)}`;
}

function inOrder(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
