import { watch, type FSWatcher } from 'node:fs';
import { MOST_FOLDERS } from '../../engine/load/folder-scan.ts';

/** An editor writes a file in several steps, and a version control system writes hundreds of files. */
const SETTLE_MS = 120;
const POLL_MS = 2_000;

/**
 * Says in which folders something may have changed: by the system's events, or for folders that the system cannot watch by asking
 * to look there every two seconds.
 */
export class FolderEvents {
  readonly #onEvent: (folders: ReadonlySet<string>) => void;
  readonly #folders = new Map<string, FSWatcher | 'polled'>();
  #dirty = new Set<string>();
  #settleTimer: NodeJS.Timeout | undefined;
  #pollTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(onEvent: (folders: ReadonlySet<string>) => void) {
    this.#onEvent = onEvent;
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** The folders that are watched. */
  folders(): string[] {
    return [...this.#folders.keys()];
  }

  /** Watches a folder. Returns false when there are too many already, or after `close`. */
  watch(folder: string): boolean {
    if (this.#folders.has(folder)) return true;
    if (this.#isClosed || this.#folders.size >= MOST_FOLDERS) return false;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#mark(folder));
      // The folder is gone, or the system has run out of watches.
      watcher.on('error', () => {
        watcher.close();
        this.#poll(folder);
        this.#mark(folder);
      });
      this.#folders.set(folder, watcher);
    } catch {
      this.#poll(folder);
    }
    return true;
  }

  unwatch(folder: string): void {
    const watcher = this.#folders.get(folder);
    if (watcher !== undefined && watcher !== 'polled') watcher.close();
    this.#folders.delete(folder);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#settleTimer);
    clearInterval(this.#pollTimer);
    for (const folder of this.#folders.keys()) this.unwatch(folder);
  }

  #mark(folder: string): void {
    this.#dirty.add(folder);
    this.#settleTimer ??= setTimeout(() => {
      this.#settleTimer = undefined;
      const folders = this.#dirty;
      this.#dirty = new Set();
      this.#onEvent(folders);
    }, SETTLE_MS);
  }

  #poll(folder: string): void {
    this.#folders.set(folder, 'polled');
    this.#pollTimer ??= setInterval(() => {
      for (const [polled, watcher] of this.#folders) if (watcher === 'polled') this.#mark(polled);
    }, POLL_MS).unref();
  }
}
