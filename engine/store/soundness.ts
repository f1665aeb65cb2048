import { openWithoutWriting } from './read-only.ts';

/**
 * What SQLite finds wrong in a store first: a page that is none, or a row that its table does not take, such as one without a name where
 * each has one. undefined where all is well, or where nobody can look. Reads all of it: for when something has gone wrong already.
 */
export function unsoundness(file: string): string | undefined {
  try {
    const db = openWithoutWriting(file, () => undefined);
    try {
      const found = String(db.pragma('quick_check(1)', { simple: true }));
      return found === 'ok' ? undefined : found;
    } finally {
      db.close();
    }
  } catch (error) {
    return error instanceof Error && 'code' in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code)) ? error.message : undefined;
  }
}
