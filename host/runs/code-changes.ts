import { readSourceAsync, sha256 } from '../../engine/load/sources.ts';

/** Whether any of the files differs from the version that has this hash. A file that cannot be read differs. */
export async function hasChanged(
  sources: readonly { readonly path: string; readonly hash: string }[],
): Promise<boolean> {
  const changed = await Promise.all(sources.map(async ({ path, hash }) => (await hashOf(path)) !== hash));
  return changed.includes(true);
}

async function hashOf(path: string): Promise<string | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : sha256(text);
}

/** The text as the loader reads it: without the byte order mark. Undefined when there is no regular file that we may read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readSourceAsync(path);
  } catch {
    return undefined;
  }
}
