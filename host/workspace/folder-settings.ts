import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeSetting } from '../data-folder.ts';

const FILE = 'folders.json';
/** The folders that were changed last are kept. */
const MOST = 500;

const settings = z.object({
  /** Interrupted runs up to this time are known: the start says nothing of them. Milliseconds since 1970. */
  interruptionsSeenAt: z.number().optional(),
  /** Runs that were interrupted after this time are resumed by themselves. Absent: none are. */
  resumesSince: z.number().optional(),
  /** Its triggers start runs while it is open. Absent: they do not. */
  firesTriggers: z.boolean().optional(),
});
const stored = z.object({ folders: z.array(settings.extend({ folder: z.string().min(1).max(4000) })) });

export type FolderSettings = z.infer<typeof settings>;

/**
 * What this person has set for the folders that they open. It stands in their own data folder and not in the folders,
 * because a folder's authors must not decide what is executed by itself. Without a data folder, it holds for this launch.
 */
export class SettingsOfFolders {
  readonly #dataFolder: string | undefined;
  #all: readonly (FolderSettings & { readonly folder: string })[] = [];

  private constructor(dataFolder: string | undefined) {
    this.#dataFolder = dataFolder;
  }

  static async read(dataFolder: string | undefined): Promise<SettingsOfFolders> {
    const read = new SettingsOfFolders(dataFolder);
    if (dataFolder !== undefined) read.#all = await readAll(path.join(dataFolder, FILE));
    return read;
  }

  /** @param folder Its real path */
  of(folder: string): FolderSettings {
    return this.#all.find(known => known.folder === folder) ?? {};
  }

  /** Changes what is named; undefined takes it back. @throws when it cannot be stored */
  change(folder: string, change: FolderSettings): void {
    const changed = { ...this.of(folder), ...change, folder };
    this.#all = [changed, ...this.#all.filter(other => other.folder !== folder)].slice(0, MOST);
    if (this.#dataFolder === undefined) return;
    writeSetting(this.#dataFolder, FILE, `${JSON.stringify({ folders: this.#all }, undefined, 2)}\n`);
  }
}

async function readAll(file: string): Promise<z.infer<typeof stored>['folders']> {
  try {
    return stored.parse(JSON.parse(await readFile(file, 'utf8'))).folders;
  } catch {
    // Missing or damaged: nothing is resumed by itself, and the start names each interrupted run.
    return [];
  }
}
