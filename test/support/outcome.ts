import { decode } from '../../engine/store/codec.ts';
import { parseError } from '../../engine/store/queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { batchStatusName, StepStatus } from '../../engine/store/status.ts';
import type { Bench } from './runs.ts';

/** All that a run came to, in terms that do not depend on when, in which order or in how many sessions it ran. */
export interface Outcome {
  readonly status: string | undefined;
  readonly output: unknown;
  readonly state: Record<string, unknown>;
  /** Status and items of every batch and round, by place: `work[2]`, `outer[0]/inner[1]`. */
  readonly batches: Record<string, unknown>;
  /** What every step, condition and node left at last: its output, or the message of its error. By place: `work[2]/check`. */
  readonly steps: Record<string, unknown>;
}

export function outcomeOf({ db }: Bench, run: number): Outcome {
  const row = readRun(db, run);
  const scopes = db.prepare<[number], { scope: number; path: string; parent: number; idx: number; status: number; items: string | null }>(
    `select b.scope, n.path, b.parent, b.idx, b.status, (select i.items from batch_items i where i.run = b.run and i.scope = b.scope order by pass desc limit 1) as items
     from batches b join nodes n on n.run = b.run and n.node = b.node where b.run = ? and b.status <> 6 order by b.scope`,
  ).all(run);
  const places = new Map([[0, '']]);
  const batches: Outcome['batches'] = {};
  for (const { scope, path, parent, idx, status, items } of scopes) {
    const place = placeIn(places.get(parent), `${path}[${idx}]`);
    places.set(scope, place);
    batches[place] = [batchStatusName(status), items === null ? undefined : decode(items)];
  }
  const steps: Outcome['steps'] = {};
  const latest = db.prepare<[number], { scope: number; path: string; status: number; output: string | null; error: string | null }>(
    `select s.scope, n.path, s.status, s.output, s.error, max(s.attempt) from steps s join nodes n on n.run = s.run and n.node = s.node
     where s.run = ? group by s.scope, s.node`,
  ).all(run);
  for (const { scope, path, status, output, error } of latest) {
    const place = places.get(scope);
    if (place === undefined) continue; // The last question of a while has a scope, and no round.
    steps[placeIn(place, path)] = status === StepStatus.succeeded && output !== null ? decode(output) : parseError(error)?.message;
  }
  const state = db.prepare<[number], { key: string; value: string }>('select key, value from state where run = ? order by key').all(run);
  return {
    status: row?.status,
    output: row?.output ? decode(row.output) : undefined,
    state: Object.fromEntries(state.map(({ key, value }) => [key, decode(value)])),
    batches: inOrder(batches),
    steps: inOrder(steps),
  };
}

/** The last part of a path, in the place of its scope. */
function placeIn(scope: string | undefined, path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return scope ? `${scope}/${last}` : last;
}

function inOrder(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
