import type { Database } from 'better-sqlite3';
import { ownerOf } from '../../engine/store/leases.ts';
import { allRuns, latestChange, runChangesSince } from '../../engine/store/run-changes.ts';
import { dataVersion, heldRuns, runLine } from '../../engine/store/run-queries.ts';
import type { RunItem } from '../api/api.ts';
import type { StoreConnection } from './store-connection.ts';
import { unlessDamaged } from './run-list.ts';
import { itemOf, stoppingOf } from './runs.ts';

/** How often to look whether the processes that hold runs are still there. */
const LIFE_EVERY_MS = 1_000;

export interface Changes {
  /** Runs that were started, taken up, ended or moved on since the last look. */
  readonly items: readonly RunItem[];
  /** Runs some process works on now. */
  readonly live: readonly number[];
  /** Runs that have been deleted since. */
  readonly gone: readonly number[];
  /** Something was written, to whichever run. */
  readonly written: boolean;
  /** Another file is in the place of the one before: whatever was known is void. */
  readonly replaced: boolean;
}

const NOTHING = { changed: new Set<number>(), gone: [] } as const;

/** Notices what other processes do to the runs of a store. Looking costs next to nothing as long as nobody has written. */
export class ChangeWatch {
  #db: Database | undefined;
  #version: unknown;
  /** Up to which of the store's changes it has read. */
  #lastChange = 0;
  #known: Set<number> | undefined;
  /** How a live run stood when it was told of last. */
  #counts = new Map<number, string>();
  #live = new Set<number>();
  #lookedForLifeAt = -Infinity;
  #looked = false;

  /** @param own Runs whose every change is known already. */
  look(store: StoreConnection, own: readonly number[]): Changes {
    const { db } = store;
    const replaced = db !== this.#db && this.#db !== undefined;
    if (db !== this.#db) this.#forget(db);
    // What was there before anybody looked is no news.
    const isNews = this.#looked;
    this.#looked = true;
    if (!db) return { items: [], live: [], gone: [], written: replaced, replaced };
    const version = dataVersion(db);
    const written = version !== this.#version;
    this.#version = version;
    const now = performance.now();
    if (!written && now - this.#lookedForLifeAt < LIFE_EVERY_MS)
      return { items: [], live: [...this.#live], gone: [], written, replaced };
    this.#lookedForLifeAt = now;
    const { changed, gone } = written ? this.#readOn(db, isNews) : NOTHING;
    const live = new Set(heldRuns(db).filter(run => ownerOf(db, run) !== undefined));
    const looked = changed.union(live).union(this.#live);
    this.#live = live;
    for (const run of own) looked.delete(run);
    const items = !isNews ? [] : [...looked].flatMap(run => this.#itemIfNew(store, db, run, changed.has(run)));
    return { items, live: [...live], gone, written, replaced };
  }

  #readOn(db: Database, isNews: boolean): { changed: ReadonlySet<number>; gone: readonly number[] } {
    if (!this.#known) {
      this.#lastChange = latestChange(db);
      this.#known = new Set(allRuns(db));
      return isNews ? { changed: new Set(this.#known), gone: [] } : NOTHING;
    }
    const { last, runs, someDeleted } = runChangesSince(db, this.#lastChange);
    this.#lastChange = last;
    for (const run of runs) this.#known.add(run);
    const before = this.#known;
    if (someDeleted) this.#known = new Set(allRuns(db));
    const known = this.#known;
    return { changed: new Set(runs), gone: someDeleted ? [...before].filter(run => !known.has(run)) : [] };
  }

  /** Of a damaged run there is no news: the list names it, and the news of the others still arrive. */
  #itemIfNew(store: StoreConnection, db: Database, run: number, isChanged: boolean): RunItem[] {
    const item = unlessDamaged(store, run, () => this.#newItem(store, db, run, isChanged));
    return item === undefined || item.status === 'damaged' ? [] : [item];
  }

  /** A live run writes its counts every second: in between there is nothing new to tell of it. */
  #newItem(store: StoreConnection, db: Database, run: number, isChanged: boolean): RunItem | undefined {
    const found = runLine(db, run);
    if (!found) return undefined;
    const line = { ...found, live: found.status === 'running' && this.#live.has(run) };
    const stopping = line.live ? stoppingOf(db, run) : undefined;
    const state = `${line.live} ${stopping ?? ''} ${found.counts ?? ''}`;
    if (!isChanged && this.#counts.get(run) === state) return undefined;
    if (line.live) this.#counts.set(run, state);
    else this.#counts.delete(run);
    return itemOf(store, db, line);
  }

  #forget(db: Database | undefined): void {
    this.#db = db;
    this.#version = undefined;
    this.#known = undefined;
    this.#counts = new Map();
    this.#live = new Set();
    this.#lookedForLifeAt = -Infinity;
  }
}
