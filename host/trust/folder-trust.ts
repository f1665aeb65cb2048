import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../engine/own-file.ts';
import { ownerOf, readTrustedFolders, writeTrustedFolders, type TrustedFolder } from './trusted-folders.ts';

/** The examples of this app are always trusted: whoever runs the app executes its code anyway. */
const EXAMPLES = path.join(packageRoot, 'examples');

/**
 * The folders whose files this user allows Cronflow to execute, by their real paths. Folders inside a trusted folder
 * are trusted, too. The list is stored in the user's data folder; without one, it holds for this launch.
 */
export class FolderTrust {
  readonly #dataFolder: string | undefined;
  readonly #thisLaunch = new Set<string>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(dataFolder: string | undefined) {
    this.#dataFolder = dataFolder;
  }

  /** @param folder Its real path */
  async isTrusted(folder: string): Promise<boolean> {
    return (await this.#reasonFor(folder)) !== undefined;
  }

  /** Stores that a folder is trusted. @param folder Its real path @throws when it cannot be stored */
  async trust(folder: string): Promise<void> {
    const dataFolder = this.#dataFolder;
    if (dataFolder === undefined) return this.trustForThisLaunch(folder);
    const owner = await ownerOf(folder);
    await this.#change(dataFolder, before => [
      ...before.filter(other => other.folder !== folder),
      { folder, ...(owner !== undefined && { owner }) },
    ]);
  }

  /** @param folder Its real path */
  trustForThisLaunch(folder: string): void {
    this.#thisLaunch.add(folder);
  }

  /** Stops trusting a folder. If it lies inside another trusted folder, it is still trusted, and that folder is returned. */
  async forget(folder: string): Promise<string | undefined> {
    this.#thisLaunch.delete(folder);
    if (this.#dataFolder !== undefined)
      await this.#change(this.#dataFolder, before => before.filter(other => other.folder !== folder));
    return await this.#reasonFor(folder);
  }

  /** The trusted folder that contains it, or itself. */
  async #reasonFor(folder: string): Promise<string | undefined> {
    const examples = await realpath(EXAMPLES).catch(() => undefined);
    const always = [...this.#thisLaunch, ...(examples === undefined ? [] : [examples])];
    const found = always.find(trusted => covers(trusted, folder));
    if (found !== undefined || this.#dataFolder === undefined) return found;
    for (const trusted of await readTrustedFolders(this.#dataFolder))
      if (covers(trusted.folder, folder) && (await isStillOf(trusted))) return trusted.folder;
    return undefined;
  }

  /** Makes one change at a time, so that none is lost. */
  async #change(
    dataFolder: string,
    change: (before: readonly TrustedFolder[]) => readonly TrustedFolder[],
  ): Promise<void> {
    const changing = this.#writing.then(async () =>
      writeTrustedFolders(dataFolder, change(await readTrustedFolders(dataFolder))),
    );
    this.#writing = changing.catch(() => undefined); // The caller gets the error.
    await changing;
  }
}

function covers(trusted: string, folder: string): boolean {
  const way = path.relative(trusted, folder);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}

/** In a folder that several users can write to, such as /tmp, the folder of this name may belong to another user by now. */
async function isStillOf({ folder, owner }: TrustedFolder): Promise<boolean> {
  return (await ownerOf(folder).catch(() => undefined)) === owner;
}
