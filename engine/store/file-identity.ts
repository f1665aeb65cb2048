import { statSync } from 'node:fs';
import { IN_MEMORY } from './memory-store.ts';
import { StoreError } from './store-error.ts';

/**
 * Which file has a store's name. Where files can be deleted while they are open, a run would go on to write into one that nobody
 * can ever read, and end well.
 */
export class StoreFileIdentity {
  readonly #file: string;
  readonly #identity: string | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#identity = identityOf(file);
  }

  /** @throws StoreError when the name is another file's by now, or nobody's */
  check(): void {
    if (identityOf(this.#file) !== this.#identity || this.#identity === undefined) throw storeReplaced(this.#file);
  }
}

export function storeReplaced(file: string): StoreError {
  return new StoreError(
    'replaced',
    file,
    `${file} was deleted, moved or replaced while a run was at work on it. What the run has done since is not ` +
      `kept. Put the file back, with the -wal file that belongs to it, and resume the run; or start it anew.`,
  );
}

function identityOf(file: string): string | undefined {
  if (file === IN_MEMORY) return file;
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
