import { sha256 } from '../sha256.ts';
import { readSourceAsync } from './sources.ts';

/** A source file of a run, as the store has it. */
export interface StoredHash {
  readonly path: string;
  readonly hash: string;
}

/** Whether any of the files is not what it was when a run loaded it. A file that cannot be read any more has changed. */
export async function hasCodeChanged(sources: readonly StoredHash[]): Promise<boolean> {
  const changed = await Promise.all(
    sources.map(async ({ path, hash }) => {
      const text = await readSourceIfThere(path);
      return text === undefined || sha256(text) !== hash;
    }),
  );
  return changed.includes(true);
}

/** The text as the loader reads it; undefined when there is no such file, or we may not read it. */
export async function readSourceIfThere(path: string): Promise<string | undefined> {
  try {
    return await readSourceAsync(path);
  } catch {
    return undefined;
  }
}

/** The hashes of files as they are now; '' where there is none. */
export async function hashesNow(files: readonly string[]): Promise<string[]> {
  return await Promise.all(
    files.map(async file => {
      const text = await readSourceIfThere(file);
      return text === undefined ? '' : sha256(text);
    }),
  );
}

/** The hashes of files as they are now, where one of them differs from what it was; undefined where none does. */
export async function sourcesHaveChanged(
  files: readonly string[],
  before: readonly string[],
): Promise<string[] | undefined> {
  const now = await hashesNow(files);
  return now.some((hash, index) => hash !== before[index]) ? now : undefined;
}
