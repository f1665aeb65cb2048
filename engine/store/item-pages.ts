import type { Database, Statement } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { UnreadableError } from './codec.ts';
import { DAMAGED_ITEMS, PageCompression, uncompressed } from './page-compression.ts';
import { prepared } from './prepared-queries.ts';

/*
 * The items of batches that were created one after the other stand together, in pages: one row for up to 256 batches
 * instead of one for each, and one statement that writes the rows of all of them (bench/queue.ts: the two were a fifth
 * of what a batch cost). Items that a re-run or an edit puts in the place of others are in batch_items.
 */

/** A page is written once it has this many batches, or bytes: reading one batch's items reads its page. */
const LARGEST = { batches: 256, bytes: 128 * 1024 };

/**
 * Bytes that its end adds to the row of a batch: two times, and the numbers of a session, a step and a status. The row has
 * them from the beginning (`room`), so that it does not grow: the rows of a full page would be spread over others again
 * and again. With five batches at a time, a transaction of 5 ends wrote 1.9 pages of `batches` without it, and writes 1.2.
 */
const ROOM = 18;

/** What is written of a page. */
export interface PageOfItems {
  readonly node: number;
  readonly parent: number;
  readonly firstScope: number;
  readonly firstIndex: number;
  /** How many items each batch has. */
  readonly counts: readonly number[];
  /** How many bytes of the text each batch has. */
  readonly lengths: readonly number[];
  readonly text: Buffer;
  /** What the author calls each batch; undefined where none has a name. */
  readonly labels: readonly (string | null)[] | undefined;
}

/** Batches of one place, numbered without gaps, as scopes and as siblings. */
export class ItemPage implements PageOfItems {
  readonly node: number;
  readonly parent: number;
  readonly firstScope: number;
  readonly firstIndex: number;
  /** How many items each batch has. */
  readonly counts: number[] = [];
  readonly #texts: string[] = [];
  readonly #lengths: number[] = [];
  #labels: (string | null)[] | undefined;
  #bytes = 0;

  constructor(of: { node: number; parent: number; scope: number; index: number }) {
    this.node = of.node;
    this.parent = of.parent;
    this.firstScope = of.scope;
    this.firstIndex = of.index;
  }

  /** Whether a batch can be added that follows the others. */
  takes(scope: number): boolean {
    return (
      scope === this.firstScope + this.counts.length &&
      this.counts.length < LARGEST.batches &&
      this.#bytes < LARGEST.bytes
    );
  }

  /** Adds the next batch, whose items are `text` in the codec's text. */
  add(items: number, text: string, label?: string): void {
    const bytes = Buffer.byteLength(text);
    if (label !== undefined) (this.#labels ??= this.counts.map(() => null))[this.counts.length] = label;
    else this.#labels?.push(null);
    this.counts.push(items);
    this.#texts.push(text);
    this.#lengths.push(bytes);
    this.#bytes += bytes;
  }

  get text(): Buffer {
    return Buffer.from(this.#texts.join(''));
  }

  /** How many bytes of the text each batch has. */
  get lengths(): readonly number[] {
    return this.#lengths;
  }

  get labels(): readonly (string | null)[] | undefined {
    return this.#labels;
  }
}

/** Writes pages, and with each the rows of its batches. */
export class ItemPageWriter {
  readonly #run: number;
  readonly #page: Statement;
  readonly #batches: Statement;
  readonly #compression = new PageCompression();

  constructor(db: Database, run: number) {
    this.#run = run;
    this.#page = db.prepare(
      'insert into item_pages (run, first_scope, batches, labels, lengths, items) values (?, ?, ?, ?, ?, ?)',
    );
    this.#batches = db.prepare(
      `insert into batches (run, scope, node, parent, idx, items, status, room)
       select ?, ? + key, ?, ?, ? + key, value, ${BatchStatus.waiting}, zeroblob(${ROOM}) from json_each(?)`,
    );
  }

  write(page: PageOfItems): void {
    const { node, parent, firstScope, firstIndex, counts, lengths, text, labels } = page;
    this.#batches.run(this.#run, firstScope, node, parent, firstIndex, JSON.stringify(counts));
    this.#page.run(
      this.#run,
      firstScope,
      counts.length,
      labels ? JSON.stringify(labels) : null,
      JSON.stringify(lengths),
      this.#compression.stored(text),
    );
  }
}

interface PageRow {
  readonly firstScope: number;
  readonly batches: number;
  /** JSON of a list of numbers. */
  readonly lengths: string;
  readonly items: Buffer;
}

interface ReadPage {
  readonly row: Pick<PageRow, 'firstScope' | 'batches'>;
  readonly text: Buffer;
  /** Where the text of each batch ends. */
  readonly ends: readonly number[];
}

/** Reads the items of batches out of their pages. Has the page it read last: batches are mostly asked for in order. */
export class ItemPageReader {
  readonly #db: Database;
  readonly #run: number;
  #page: ReadPage | undefined;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  /** The items a batch was created with, in the codec's text. */
  textOf(scope: number): string | undefined {
    const page = this.#pageOf(scope);
    if (!page) return undefined;
    const { row, text, ends } = page;
    const at = scope - row.firstScope;
    // A text of its own, which does not keep the page in memory.
    return text.toString('utf8', ends[at - 1] ?? 0, ends[at]);
  }

  #pageOf(scope: number): ReadPage | undefined {
    if (this.#page && holds(this.#page.row, scope)) return this.#page;
    const row = prepared<[number, number], PageRow>(
      this.#db,
      `select first_scope as firstScope, batches, lengths, items from item_pages
        where run = ? and first_scope <= ? order by first_scope desc limit 1`,
    ).get(this.#run, scope);
    if (!row || !holds(row, scope)) return undefined;
    let end = 0;
    const ends = lengthsOf(row).map(length => (end += length));
    const { firstScope, batches, items } = row;
    this.#page = { row: { firstScope, batches }, text: uncompressed(items), ends };
    return this.#page;
  }
}

function holds({ firstScope, batches }: ReadPage['row'], scope: number): boolean {
  return scope >= firstScope && scope < firstScope + batches;
}

/** @throws UnreadableError when they are not as they were written */
function lengthsOf({ lengths, batches, items }: PageRow): number[] {
  try {
    const parsed: unknown = JSON.parse(lengths);
    if (Array.isArray(parsed) && parsed.length === batches && parsed.every(isLength) && Buffer.isBuffer(items))
      return parsed;
  } catch {
    // What it is instead does not matter.
  }
  throw new UnreadableError(DAMAGED_ITEMS);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
