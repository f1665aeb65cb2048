import type { Database } from 'better-sqlite3';
import { decode } from './codec.ts';
import { ItemPageReader } from './item-pages.ts';
import { preparedColumn } from './prepared-queries.ts';

/** The items of batches, mostly asked for in order: each page is read once. */
export class ItemTexts {
  readonly #db: Database;
  readonly #run: number;
  readonly #pages: ItemPageReader;
  /** Few runs have items in the place of others: where there are none, no batch is looked for among them. */
  readonly #hasEdits: boolean;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#pages = new ItemPageReader(db, run);
    this.#hasEdits =
      preparedColumn<[number], number>(db, 'select 1 from batch_items where run = ? limit 1').get(run) !== undefined;
  }

  itemsOf(scope: number): unknown[] {
    const text = this.#edited(scope) ?? this.#pages.textOf(scope);
    const items = text === undefined ? [] : decode(text);
    return Array.isArray(items) ? (items as unknown[]) : [];
  }

  #edited(scope: number): string | undefined {
    if (!this.#hasEdits) return undefined;
    return preparedColumn<[number, number], string>(
      this.#db,
      'select items from batch_items where run = ? and scope = ? order by attempt desc limit 1',
    ).get(this.#run, scope);
  }
}
