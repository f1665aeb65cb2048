import { readSourceAsync, sha256 } from '../../engine/load/sources.ts';

/** Whether any of the files is not what it was when it had this hash. One that cannot be read is not. */
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

/** The text as the loader takes it: without the byte order mark. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readSourceAsync(path);
  } catch {
    // Gone, not to be read by us, or no file but a pipe or a device: whoever asks is told that there is none.
    return undefined;
  }
}
