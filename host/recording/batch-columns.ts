import type { Database } from 'better-sqlite3';
import { statusBytesAtRest } from '../../common/at-rest.ts';
import { hasBatches, hasRounds } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';
import { batchLabels } from '../../engine/store/batch-labels.ts';
import { parseOptionalError } from '../../engine/store/queries.ts';
import { recordedBatches } from '../../engine/store/recording-queries.ts';
import { nodesOf, type NodeLine } from '../../engine/store/run-queries.ts';
import { triedOf, type Moment } from '../../engine/store/tried-again.ts';
import type { BatchColumns } from '../api/recording.ts';
import { words, type Redaction } from './shape.ts';

/** So many scopes are asked for at a time. */
const A_LOOK = 20_000;

/** A place for each text, from 1. */
export class TextTable {
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();

  placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.texts.push(text);
    this.#places.set(text, this.texts.length);
    return this.texts.length;
  }
}

export interface Tables {
  readonly messages: TextTable;
  readonly fingerprints: TextTable;
}

/** All batches of a run, and rounds of its whiles, by their nodes. */
export function batchColumns(
  db: Database,
  { run, startedAt, moment }: { readonly run: number; readonly startedAt: number; readonly moment: Moment },
  tables: Tables,
  redaction: Redaction,
): BatchColumns[] {
  const nodes = nodesOf(db, run);
  return nodes
    .filter(({ kind }) => hasBatches(kind) || hasRounds(kind))
    .map(node => {
      const columns = columnsOf(db, run, node, startedAt, tables, redaction);
      return {
        ...columns,
        tried: triedAmong(db, run, columns.scopes, hasScopesInside(node, nodes), moment),
        labels: redaction.hasValues ? labelsOf(db, run, columns.scopes) : { rows: new Uint32Array(0), texts: [] },
      };
    });
}

function columnsOf(
  db: Database,
  run: number,
  { node, path }: NodeLine,
  startedAt: number,
  { messages, fingerprints }: Tables,
  redaction: Redaction,
): Omit<BatchColumns, 'tried' | 'labels'> {
  const found = {
    scopes: [] as number[],
    parents: [] as number[],
    indices: [] as number[],
    items: [] as number[],
    statuses: [] as number[],
    attempts: [] as number[],
    starts: [] as number[],
    took: [] as number[],
    causes: [] as number[],
    messages: [] as number[],
    workers: [] as number[],
  };
  for (const [scope, parent, index, items, status, attempt, began, ended, error, worker] of recordedBatches(
    db,
    run,
    node,
  )) {
    const failure = parseOptionalError(error);
    found.scopes.push(scope);
    found.parents.push(parent);
    found.indices.push(index);
    found.items.push(items);
    found.statuses.push(status);
    found.attempts.push(attempt);
    // To the millisecond: fractions would take more than all the rest of a large run.
    found.starts.push(began === null ? -1 : Math.max(0, Math.round(began - startedAt)));
    found.took.push(began === null || ended === null ? -1 : Math.max(0, Math.round(ended - began)));
    found.causes.push(failure ? fingerprints.placeOf(redaction.cause(failure.fingerprint)) : 0);
    found.messages.push(failure ? messages.placeOf(words(failure.message, redaction)) : 0);
    found.workers.push(worker ?? 0);
  }
  return {
    node,
    path,
    scopes: Uint32Array.from(found.scopes),
    parents: Uint32Array.from(found.parents),
    indices: Uint32Array.from(found.indices),
    items: Uint32Array.from(found.items),
    statuses: statusBytesAtRest(Uint8Array.from(found.statuses)),
    attempts: Uint32Array.from(found.attempts),
    starts: Float64Array.from(found.starts),
    took: Float64Array.from(found.took),
    causes: Uint32Array.from(found.causes),
    messages: Uint32Array.from(found.messages),
    workers: found.workers.some(worker => worker > 0) ? Uint32Array.from(found.workers) : new Uint32Array(0),
  };
}

function hasScopesInside({ path }: NodeLine, nodes: readonly NodeLine[]): boolean {
  return nodes.some(other => isInside(other.path, path) && (hasBatches(other.kind) || hasRounds(other.kind)));
}

function triedAmong(
  db: Database,
  run: number,
  scopes: Uint32Array,
  hasInside: boolean,
  moment: Moment,
): BatchColumns['tried'] {
  const rows: number[] = [];
  const attempts: number[] = [];
  const retries: number[] = [];
  const waited: number[] = [];
  for (let from = 0; from < scopes.length; from += A_LOOK) {
    const tried = triedOf(db, run, [...scopes.subarray(from, from + A_LOOK)], hasInside, moment);
    if (tried.size === 0) continue;
    for (const [place, scope] of scopes.subarray(from, from + A_LOOK).entries()) {
      const found = tried.get(scope);
      if (!found) continue;
      rows.push(from + place);
      attempts.push(found.attempts);
      retries.push(found.retries);
      waited.push(found.waited);
    }
  }
  return {
    rows: Uint32Array.from(rows),
    attempts: Uint32Array.from(attempts),
    retries: Uint32Array.from(retries),
    waited: Float64Array.from(waited),
  };
}

function labelsOf(db: Database, run: number, scopes: Uint32Array): BatchColumns['labels'] {
  const labelOf = batchLabels(db, run);
  const rows: number[] = [];
  const texts: string[] = [];
  for (const [row, scope] of scopes.entries()) {
    const { label } = labelOf(scope);
    if (label === undefined) continue;
    rows.push(row);
    texts.push(label);
  }
  return { rows: Uint32Array.from(rows), texts };
}
