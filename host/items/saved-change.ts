import { stat } from 'node:fs/promises';
import { lineDiff } from '../../common/line-diff.ts';
import { readSourceIfThere } from '../../engine/load/code-changes.ts';
import { sha256 } from '../../engine/sha256.ts';
import type { Result } from '../api/api.ts';
import { fileIn } from '../store/runs.ts';
import type { Store } from '../store/store.ts';

const MOST_LINES = 6;
const LONGEST_LINE = 300;

type SavedChange = Result<'getSavedChange'>;

/** What was saved in the files of a run since it was executed, the latest file first: its first change as lines. */
export async function savedChange(store: Store, run: number): Promise<SavedChange> {
  const sources = await store.do('sources', run);
  const changed = await Promise.all(sources.map(source => changeOf(store, run, source)));
  const files = changed.filter(file => file !== undefined).toSorted((a, b) => b.savedAt - a.savedAt);
  return { files };
}

async function changeOf(
  store: Store,
  run: number,
  { path: file, hash }: { readonly path: string; readonly hash: string },
): Promise<SavedChange['files'][number] | undefined> {
  const now = await readSourceIfThere(file);
  if (now === undefined || sha256(now) === hash) return undefined;
  const before = await store.do('latestSourceText', { run, file });
  const hunks = before === null ? [] : lineDiff(before, now);
  const [first] = hunks;
  return {
    file: fileIn(store.folder, file),
    savedAt: (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now(),
    hunks: hunks.length,
    ...(first && { first: { line: first.line, removed: shortened(first.removed), added: shortened(first.added) } }),
  };
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST_LINES).map(line => line.slice(0, LONGEST_LINE));
  return lines.length > MOST_LINES ? [...shown, '…'] : shown;
}
