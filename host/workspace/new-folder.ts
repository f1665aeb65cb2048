import { readdir, realpath } from 'node:fs/promises';
import type { FolderTrust } from '../trust/folder-trust.ts';
import { scaffold, type Scaffold } from './scaffold.ts';

/**
 * Makes a workspace with a first workflow. A folder that was missing or empty contains only what Cronflow has written,
 * so it is trusted. For a folder with other files, the Studio asks.
 */
export async function makeWorkspace(
  folder: string,
  trust: FolderTrust,
  onNotRemembered: (error: unknown) => void,
): Promise<Scaffold> {
  const isNew = await isMissingOrEmpty(folder);
  const made = await scaffold(folder);
  if (isNew) await trust.trust(await realpath(folder)).catch(onNotRemembered);
  return made;
}

async function isMissingOrEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    // If the folder cannot be read for another reason, writing into it fails and says why.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
