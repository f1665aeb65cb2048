import { BatchStatus } from '../../common/status.ts';
import { NEXT } from '../../common/next-steps.ts';
import { shortIndex } from '../../common/set-aside.ts';
import { told } from '../../common/told.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { withValueAt } from '../../engine/run/rerun/values-at.ts';
import { batchLine } from '../../engine/store/batch-queries.ts';
import { decode, encode } from '../../engine/store/codec.ts';
import { currentFindingsOf } from '../../engine/store/findings.ts';
import { ItemTexts } from '../../engine/store/item-texts.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { nodePathOf } from '../../engine/store/run-queries.ts';
import { itemsGone, valueSetAside } from '../../engine/store/set-aside.ts';
import { CellError, cellOf, usualKind, valueOfCell, type Cell, type ReadCell, type UsualKind } from './cells.ts';
import { hashOf, parseKey, type RowKey } from './row-key.ts';
import { columnsOf, ITEM_COLUMN, KEY_COLUMN, LOCKED_COLUMNS, memberOf } from './sheet-items.ts';
import type { ReadTable } from './table.ts';
import { isAsWritten, saidIn } from './written-cells.ts';

/* What a person has corrected in a file that `sheetOf` has made, compared with the store as it is now. */

export interface ChangedCell {
  readonly column: string;
  readonly before: Cell;
  readonly after: Cell;
}

export interface CorrectedRow {
  /** In the file, as a spreadsheet numbers it. */
  readonly row: number;
  readonly scope: number;
  /** Node path. */
  readonly node: string;
  /** The index of its batch among its siblings. */
  readonly batch: number;
  readonly item: number;
  /** What the author calls it, where that is known. */
  readonly label?: string | undefined;
  readonly isSetAside: boolean;
  readonly cells: readonly ChangedCell[];
  /** The corrected item, in the codec's text. */
  readonly value: string;
}

export interface RefusedRow {
  readonly row: number;
  readonly why: string;
}

export interface Corrections {
  readonly refused: readonly RefusedRow[];
  readonly corrected: readonly CorrectedRow[];
  /** How many rows are as they were. */
  readonly unchanged: number;
  /** Columns that no item has. */
  readonly ignored: readonly string[];
}

/** @throws CellError where the file is none of corrections of this run */
export function correctionsIn(db: StoreDatabase, run: number, table: ReadTable): Corrections {
  const keyAt = table.columns.indexOf(KEY_COLUMN);
  if (keyAt === -1)
    throw new CellError(told`it has no column ${KEY_COLUMN}. Correct a file that ${NEXT.saveItems(run)} has written`);
  return new Reading(db, run, table, keyAt).corrections();
}

/** What re-runs the corrected rows. @param by Who has corrected them, as the file says */
export function requestOf({ corrected }: Pick<Corrections, 'corrected'>, by: string | undefined): RerunRequest {
  const places = (isSetAside: boolean) =>
    corrected.filter(row => row.isSetAside === isSetAside).map(({ scope, item, value }) => ({ scope, item, value }));
  const [aside, inBatches] = [places(true), places(false)];
  return {
    batches: [],
    ...(aside.length > 0 && { takeBack: aside }),
    ...(inBatches.length > 0 && { correct: inBatches }),
    cells: cellCount(corrected),
    ...(by !== undefined && { by }),
  };
}

export function cellCount(corrected: readonly CorrectedRow[]): number {
  return corrected.reduce((count, { cells }) => count + cells.length, 0);
}

class Reading {
  readonly #db: StoreDatabase;
  readonly #run: number;
  readonly #table: ReadTable;
  readonly #keyAt: number;
  readonly #texts: ItemTexts;
  /** Of the items of a batch that are known to be at fault. */
  readonly #labels = new Map<number, ReadonlyMap<number, string>>();
  readonly #seen = new Set<string>();
  readonly #columns = new Set<string>(LOCKED_COLUMNS);

  constructor(db: StoreDatabase, run: number, table: ReadTable, keyAt: number) {
    this.#db = db;
    this.#run = run;
    this.#table = table;
    this.#keyAt = keyAt;
    this.#texts = new ItemTexts(db, run);
  }

  corrections(): Corrections {
    const refused: RefusedRow[] = [];
    const corrected: CorrectedRow[] = [];
    let unchanged = 0;
    for (const [at, cells] of this.#table.rows.entries()) {
      if (cells.every(cell => cell === null || cell === '')) continue;
      // The header is row 1.
      const row = at + 2;
      try {
        const found = this.#row(row, cells);
        if (found.cells.length > 0) corrected.push(found);
        else unchanged += 1;
      } catch (error) {
        if (!(error instanceof CellError)) throw error;
        refused.push({ row, why: error.message });
      }
    }
    const ignored = this.#table.columns.filter(name => name !== '' && !this.#columns.has(name));
    return { refused, corrected, unchanged, ignored };
  }

  #row(row: number, cells: readonly ReadCell[]): CorrectedRow {
    const key = this.#key(cells[this.#keyAt]);
    const { csv } = this.#table;
    const { others, batch, node, isSetAside, text } = this.#stored(key);
    const before = decode(text);
    const known = new Set([...others, before].flatMap(columnsOf));
    for (const column of known) this.#columns.add(column);
    if (hashOf(text) !== key.hash)
      throw new CellError('The item has changed since the file was written. Its value in the store stays.');
    const changed: ChangedCell[] = [];
    let after = before;
    for (const [at, column] of this.#table.columns.entries()) {
      const written = cells[at] ?? null;
      const value = memberOf(before, column);
      const usual = () => usualKind(others.map(other => memberOf(other, column)));
      if (!known.has(column) || isAsWritten(value, written, csv, usual)) continue;
      const corrected = valueIn(column, value, saidIn(written, csv), usual);
      // It says the same in another way.
      if (encode([corrected], 'cell') === encode([value], 'cell')) continue;
      after = withValueAt(after, column === ITEM_COLUMN && typeof before !== 'object' ? [] : [column], corrected);
      changed.push({ column, before: cellOf(value), after: cellOf(corrected) });
    }
    const label = this.#label(key);
    return {
      ...{ row, scope: key.scope, node, batch, item: key.item, isSetAside, cells: changed },
      value: encode(after, 'item'),
      ...(label !== undefined && { label }),
    };
  }

  #key(cell: ReadCell | undefined): RowKey {
    const key = typeof cell === 'string' ? parseKey(cell) : undefined;
    if (!key) throw new CellError(`Its ${KEY_COLUMN} was changed, so that it is not known which item it is.`);
    if (key.run !== this.#run) throw new CellError(`It is an item of run ${key.run}, not of run ${this.#run}.`);
    if (this.#seen.has(String(cell))) throw new CellError('The same item stands in another row above.');
    this.#seen.add(String(cell));
    return key;
  }

  #stored({ scope, item }: RowKey): {
    /** The other items of its batch. */
    readonly others: readonly unknown[];
    readonly batch: number;
    readonly node: string;
    readonly isSetAside: boolean;
    readonly text: string;
  } {
    const line = batchLine(this.#db, this.#run, scope);
    if (!line || line.status === BatchStatus.superseded) throw new CellError('Its batch is not in use any more.');
    const list = this.#texts.itemsOf(scope);
    const gone = itemsGone(this.#db, this.#run, scope);
    const isSetAside = gone.includes(item);
    const index = shortIndex(item, gone);
    if (!isSetAside && index >= list.length) throw new CellError('The item is not in its batch any more.');
    const text = isSetAside ? valueSetAside(this.#db, this.#run, scope, item) : encode(list[index], 'item');
    const others = isSetAside ? list : list.toSpliced(index, 1);
    return { others, batch: line.idx, node: nodePathOf(this.#db, this.#run, line.node) ?? '', isSetAside, text };
  }

  #label({ scope, item }: RowKey): string | undefined {
    const known = this.#labels.get(scope) ?? this.#labelsIn(scope);
    this.#labels.set(scope, known);
    return known.get(item);
  }

  #labelsIn(scope: number): ReadonlyMap<number, string> {
    const named = currentFindingsOf(this.#db, this.#run, scope).flatMap(({ item, label }) =>
      label === undefined ? [] : [[item, label] as const],
    );
    return new Map(named);
  }
}

function valueIn(column: string, before: unknown, cell: ReadCell, usual: () => UsualKind): unknown {
  try {
    return valueOfCell(before, cell, usual());
  } catch (error) {
    if (error instanceof CellError) throw new CellError(`${column}: ${error.message}`);
    throw error;
  }
}
