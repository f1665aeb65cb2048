import { readdir, realpath } from 'node:fs/promises';
import type { FolderTrust } from '../trust/folder-trust.ts';
import { scaffold, type Scaffold } from './scaffold.ts';

/**
 * Makes a workspace to begin with. A folder that was missing or empty holds only what Cronflow has written, and is trusted;
 * for a folder with files of somebody's, the Studio asks.
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
    // Why it cannot be read otherwise, the attempt to write into it says.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
