import { statSync, type Stats } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { openStore } from '../../engine/store/open.ts';
import { isReadOnly } from '../../engine/store/read-only.ts';
import { checkOwnStoreFile } from '../../engine/store/own-store.ts';

/**
 * The workspace's store as one thread holds it: opened when it is first there, and anew when another file has taken its
 * place.
 */
export class StoreConnection {
  readonly file: string;
  /** The workspace's folder; runs name their files in relation to it. */
  readonly folder: string;
  /** Why sessions of runs ended, where that could not be written into the store. */
  readonly losses = new Map<string, string>();
  #db: Database | undefined;
  /** Of the file it was opened from: another one opens it anew. */
  #mark: string | undefined;

  /** A person has named the file: only then may it lie behind a link. */
  readonly #isNamed: boolean;

  constructor(file: string, folder: string, isNamed = false) {
    this.file = file;
    this.folder = folder;
    this.#isNamed = isNamed;
  }

  /** The store, or undefined as long as there is none. @throws StoreError */
  get db(): Database | undefined {
    if (!this.#isNamed) checkOwnStoreFile(this.file);
    const stats = statSync(this.file, { throwIfNoEntry: false });
    const mark = stats && this.#markOf(stats);
    if (mark !== this.#mark) this.close();
    if (!stats) return undefined;
    if (!this.#db) {
      this.#db = openStore(this.file, { mode: 'read' });
      this.#mark = this.#markOf(stats);
    }
    return this.#db;
  }

  /**
   * A store that cannot be written may be read from a copy, which is out of date as soon as anything of the file is
   * another; its rights too.
   */
  #markOf({ dev, ino, ctimeMs }: Stats): string {
    const readOnly = this.#db !== undefined && isReadOnly(this.#db);
    const log = readOnly ? statSync(`${this.file}-wal`, { throwIfNoEntry: false }) : undefined;
    return `${dev}:${ino}${readOnly ? `:${ctimeMs}:${log?.ctimeMs ?? ''}` : ''}`;
  }

  /** @throws NoRunError while there is no store, and so no run */
  dbOf(run: number): Database {
    const db = this.db;
    if (!db) throw new NoRunError(run);
    return db;
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#mark = undefined;
  }
}

/** A run, or a part of one, was asked for that is not there. */
export class NoRunError extends Error {
  override readonly name = 'NoRunError';

  constructor(run: number, what = '') {
    super(
      `${what === '' ? 'There is no run' : `There is no ${what} in run`} ${run}${what === '' ? ' in this workspace' : ''}.`,
    );
  }
}
