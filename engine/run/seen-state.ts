import type { StoredSeen } from '../store/seen-state-reader.ts';

/** What a scope has last read of a key: enough to notice that another step has written it since. */
export interface Seen {
  readonly version: number;
  /** Where the value was a number: a later `set` may then be an addition. */
  readonly number: number | undefined;
  /** Whether it was read, and not written since: a later `set` that finds another version has lost an update. */
  readonly read: boolean;
  /** Whether it was ever read: what the scope sets then may build on what it has read. */
  readonly everRead: boolean;
}

export type SeenState = Map<string, Seen>;

/** More keys than this are not stored with one step: a step that looks into the state for each of its items. */
const MOST_STORED = 100;

/** What a step has read without writing it, as it is stored with its checkpoint: a later step of the batch may set it. */
export function seenText(reads: SeenState): string | null {
  if (reads.size === 0) return null;
  const rows = [...reads].slice(-MOST_STORED).map(([key, { version, number }]) => [key, version, numberOrNull(number)]);
  return JSON.stringify(rows);
}

/** JSON has no number for these, and an addition to one of them cannot be taken back. */
function numberOrNull(number: number | undefined): number | null {
  return number !== undefined && Number.isFinite(number) ? number : null;
}

/** What a scope had seen of the state when its process ended. */
export function restoreSeen(seen: SeenState, rows: Iterable<StoredSeen>): void {
  for (const { key, version, number, read, builds } of rows) {
    const everRead = read || builds || seen.get(key)?.everRead === true;
    seen.set(key, { version, number: number ?? undefined, read, everRead });
  }
}
