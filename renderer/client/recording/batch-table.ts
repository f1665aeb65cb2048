import { BatchStatus, batchStatusName, BATCH_STATUS_NAMES } from '../../../common/status.ts';
import type { Args, BatchFilter, BatchRow, Cause, Result } from '../../../host/api/api.ts';
import type { BatchColumns, Recording } from '../../../host/api/recording.ts';

/** The batches of a recording: what the store answers of them by queries, this computes from columns. */
export class BatchTables {
  readonly #recording: Recording;
  readonly #tables: ReadonlyMap<number, BatchTable>;
  #parentOf: Map<number, number> | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#tables = new Map(recording.batches.map(columns => [columns.node, new BatchTable(columns, recording)]));
  }

  listBatches({
    node,
    parent,
    where,
    sort,
    descending = false,
    offset,
    limit,
  }: Args<'listBatches'>): Result<'listBatches'> {
    const table = this.#tables.get(node);
    if (!table) return { rows: [], total: 0 };
    const matches = this.#matching(table, where, parent ?? table.onlyParent);
    const rows = table.sorted(matches, sort, descending);
    return { rows: [...rows.subarray(offset, offset + limit)].map(row => table.rowAt(row)), total: rows.length };
  }

  findBatch({ node, index, parent }: Args<'findBatch'>): Result<'findBatch'> {
    const table = this.#tables.get(node);
    const row = table?.find(parent ?? table.onlyParent ?? 0, index);
    return table && row !== undefined ? { scope: table.columns.scopes[row] ?? 0 } : null;
  }

  getScopes({ node, where }: Args<'getScopes'>): Result<'getScopes'> {
    const table = this.#tables.get(node);
    if (!table) return { scopes: new Uint32Array(0) };
    return { scopes: this.#matching(table, where, undefined).map(row => table.columns.scopes[row] ?? 0) };
  }

  getCells({ node, of }: Args<'getCells'>): Result<'getCells'> {
    const table = this.#tables.get(node);
    if (!table) return { indices: new Uint32Array(0) };
    const where: BatchFilter = 'search' in of ? of : { cause: of };
    return { indices: this.#matching(table, where, 0).map(row => table.columns.indices[row] ?? 0) };
  }

  /** The nearest batch that failed, or that has one in it that did. */
  nextFailed({ node, from, direction }: Args<'nextFailed'>): Result<'nextFailed'> {
    const table = this.#tables.get(node);
    if (table?.onlyParent === undefined) return null;
    const { indices, statuses, scopes } = table.columns;
    const around = this.#withFailedInside();
    const isMeant = (row: number) => statuses[row] === BatchStatus.failed || around.has(scopes[row] ?? 0);
    const step = direction === 'next' ? 1 : -1;
    for (let row = step > 0 ? 0 : indices.length - 1; row >= 0 && row < indices.length; row += step) {
      const index = indices[row] ?? 0;
      if ((step > 0 ? index > from : index < from) && isMeant(row)) return { index, scope: scopes[row] ?? 0 };
    }
    return null;
  }

  durations(node: number): Extract<Result<'getOverlay'>, { by: 'duration' }> {
    const table = this.#tables.get(node);
    const values = table?.byIndex(row => table.columns.took[row] ?? -1) ?? new Float32Array(0);
    return { by: 'duration', values, max: values.reduce((max, ms) => Math.max(max, ms), 0) };
  }

  workers(node: number): Extract<Result<'getOverlay'>, { by: 'worker' }> {
    const table = this.#tables.get(node);
    const values = table?.byIndex(row => table.columns.workers[row] ?? 0) ?? new Float32Array(0);
    return { by: 'worker', values: Uint32Array.from(values, worker => Math.max(0, worker)) };
  }

  /** The place of a batch, wherever it stands. */
  placeOf(scope: number): { node: number; index: number; parent: number; label?: string } | undefined {
    for (const table of this.#tables.values()) {
      const row = table.rowOfScope(scope);
      if (row === undefined) continue;
      const { node, index, label } = table.rowAt(row);
      return { node, index, parent: table.columns.parents[row] ?? 0, ...(label !== undefined && { label }) };
    }
    return undefined;
  }

  #matching(table: BatchTable, where: BatchFilter, parent: number | undefined): Uint32Array<ArrayBuffer> {
    const within = where.cause && this.#withCause(where.cause);
    const { scopes } = table.columns;
    const rows = table.matching(where, parent);
    return within ? rows.filter(row => within.has(scopes[row] ?? 0)) : rows;
  }

  /** The batches that failed for a cause, and those around them. */
  #withCause({ node, fingerprint }: Cause): ReadonlySet<number> {
    const table = this.#tables.get(node);
    const place = this.#recording.fingerprints.indexOf(fingerprint) + 1;
    return table && place > 0 ? this.#around([table], row => table.columns.causes[row] === place) : new Set();
  }

  #failedInside: ReadonlySet<number> | undefined;
  #withFailedInside(): ReadonlySet<number> {
    this.#failedInside ??= this.#around(
      [...this.#tables.values()],
      (row, { columns }) => columns.statuses[row] === BatchStatus.failed,
    );
    return this.#failedInside;
  }

  #around(tables: readonly BatchTable[], isMeant: (row: number, table: BatchTable) => boolean): Set<number> {
    const found = new Set<number>();
    for (const table of tables)
      for (const [row, scope] of table.columns.scopes.entries()) {
        if (!isMeant(row, table)) continue;
        found.add(scope);
        let parent = table.columns.parents[row] ?? 0;
        while (parent !== 0 && !found.has(parent)) {
          found.add(parent);
          parent = this.#parents().get(parent) ?? 0;
        }
      }
    return found;
  }

  /** Of the batches that others stand in. */
  #parents(): ReadonlyMap<number, number> {
    if (this.#parentOf) return this.#parentOf;
    const holders = new Set<number>();
    for (const { columns } of this.#tables.values())
      for (const parent of columns.parents) if (parent !== 0) holders.add(parent);
    this.#parentOf = new Map();
    for (const { columns } of this.#tables.values())
      for (const [row, scope] of columns.scopes.entries())
        if (holders.has(scope)) this.#parentOf.set(scope, columns.parents[row] ?? 0);
    return this.#parentOf;
  }
}

class BatchTable {
  readonly columns: BatchColumns;
  /** Where all batches stand, if it is in one place. */
  readonly onlyParent: number | undefined;
  readonly #recording: Recording;
  #rowOf: Map<number, number> | undefined;

  constructor(columns: BatchColumns, recording: Recording) {
    this.columns = columns;
    this.#recording = recording;
    const { parents } = columns;
    const [first = 0] = parents;
    // In order of the parents: the first and the last are the same where all are.
    this.onlyParent = first === (parents.at(-1) ?? 0) ? first : undefined;
  }

  find(parent: number, index: number): number | undefined {
    const { parents, indices } = this.columns;
    let [low, high] = [0, parents.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [at, place] = [parents[middle] ?? 0, indices[middle] ?? 0];
      if (at < parent || (at === parent && place < index)) low = middle + 1;
      else high = middle;
    }
    return parents[low] === parent && indices[low] === index ? low : undefined;
  }

  rowOfScope(scope: number): number | undefined {
    // They are numbered in their order, nearly always.
    const { scopes } = this.columns;
    const guess = scope - (scopes[0] ?? 0);
    if (scopes[guess] === scope) return guess;
    this.#rowOf ??= new Map([...scopes].map((other, row) => [other, row]));
    return this.#rowOf.get(scope);
  }

  endOf(row: number): number {
    const [start = -1, took = -1] = [this.columns.starts[row], this.columns.took[row]];
    return start < 0 || took < 0 ? -1 : start + took;
  }

  /** One value for each index of a map. */
  byIndex(value: (row: number) => number): Float32Array<ArrayBuffer> {
    const { indices, parents, statuses } = this.columns;
    const length = indices.reduce((most, index, row) => (parents[row] === 0 ? Math.max(most, index + 1) : most), 0);
    const values = new Float32Array(length).fill(-1);
    for (const [row, index] of indices.entries())
      if (parents[row] === 0 && statuses[row] !== BatchStatus.waiting) values[index] = value(row);
    return values;
  }

  matching(where: BatchFilter, parent: number | undefined): Uint32Array<ArrayBuffer> {
    const { statuses, parents, causes, messages, indices, workers } = this.columns;
    const wanted = where.statuses && new Set(where.statuses.map(name => BATCH_STATUS_NAMES.indexOf(name)));
    const fingerprint =
      where.fingerprint === undefined ? undefined : this.#recording.fingerprints.indexOf(where.fingerprint) + 1;
    const search = where.search?.toLowerCase();
    const found =
      search === undefined
        ? undefined
        : new Set(
            this.#recording.messages.flatMap((text, at) => (text.toLowerCase().includes(search) ? [at + 1] : [])),
          );
    const ranges = where.ranges;
    const by = where.workers && new Set(where.workers);
    const rows = new Uint32Array(statuses.length);
    let count = 0;
    for (let row = 0; row < rows.length; row++) {
      const status = statuses[row] ?? 0;
      if (wanted ? !wanted.has(status) : status === BatchStatus.superseded) continue;
      if (parent !== undefined && parents[row] !== parent) continue;
      if (fingerprint !== undefined && (fingerprint === 0 || causes[row] !== fingerprint)) continue;
      if (found && !found.has(messages[row] ?? 0)) continue;
      if (by && !by.has(workers[row] ?? 0)) continue;
      const index = indices[row] ?? 0;
      if (ranges && !ranges.some(([from, to]) => index >= from && index <= to)) continue;
      rows[count++] = row;
    }
    return rows.slice(0, count);
  }

  /** As the store sorts them: what is alike comes in the order of the batches, and what has not begun last. */
  sorted(
    rows: Uint32Array<ArrayBuffer>,
    sort: Args<'listBatches'>['sort'],
    descending: boolean,
  ): Uint32Array<ArrayBuffer> {
    if (sort === 'index') return descending ? rows.toReversed() : rows;
    const { statuses, took } = this.columns;
    if (sort === 'status' || sort === 'duration') {
      const values = Float64Array.from(rows, row => (sort === 'status' ? statuses[row] : took[row]) ?? -1);
      const isLast = (at: number) => sort === 'duration' && (values[at] ?? -1) < 0;
      const order = Uint32Array.from(rows, (_, at) => at).sort((a, b) => {
        if (isLast(a) !== isLast(b)) return isLast(a) ? 1 : -1;
        const difference = (values[a] ?? 0) - (values[b] ?? 0);
        return difference === 0 ? a - b : descending ? -difference : difference;
      });
      return order.map(at => rows[at] ?? 0);
    }
    const { tried } = this.columns;
    const among = new Set(rows);
    const again = [...tried.rows.entries()]
      .filter(([, row]) => among.has(row))
      .map(([at, row]) => ({ row, value: (sort === 'attempts' ? tried.attempts[at] : tried.waited[at]) ?? 0 }))
      .toSorted((a, b) => (descending ? b.value - a.value : a.value - b.value))
      .map(({ row }) => row);
    const isAgain = new Set(again);
    const once = [...rows].filter(row => !isAgain.has(row));
    return Uint32Array.from(descending ? [...again, ...once] : [...once, ...again]);
  }

  rowAt(row: number): BatchRow {
    const { node, scopes, indices, items, statuses, attempts, starts, causes, messages, workers, tried, labels } =
      this.columns;
    const { startedAt, fingerprints, messages: texts } = this.#recording;
    const at = placeIn(tried.rows, row);
    const start = starts[row] ?? -1;
    const end = this.endOf(row);
    const label = labels.texts[placeIn(labels.rows, row) ?? -1];
    const fingerprint = fingerprints[(causes[row] ?? 0) - 1];
    const message = texts[(messages[row] ?? 0) - 1];
    const worker = workers[row] ?? 0;
    return {
      node,
      scope: scopes[row] ?? 0,
      index: indices[row] ?? 0,
      ...(label !== undefined && { label }),
      status: batchStatusName(statuses[row] ?? 0),
      items: items[row] ?? 0,
      attempts: Math.max(attempts[row] ?? 1, at === undefined ? 1 : (tried.attempts[at] ?? 1)),
      retries: at === undefined ? 0 : (tried.retries[at] ?? 0),
      waited: at === undefined ? 0 : (tried.waited[at] ?? 0),
      ...(start >= 0 && { startedAt: startedAt + start }),
      ...(end >= 0 && { endedAt: startedAt + end }),
      ...(message !== undefined && { message }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(worker > 0 && { worker }),
    };
  }
}

/** The place of a number in a list that is in order. */
function placeIn(sorted: Uint32Array, wanted: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted ? low : undefined;
}
