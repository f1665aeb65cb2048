import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeSetting } from '../data-folder.ts';

const MOST = 12;
const FILE = 'recent-workspaces.json';
const recents = z.object({
  recent: z.array(z.object({ token: z.string().min(1).max(100), folder: z.string().min(1).max(4000) })),
});

export interface Recent {
  /** Names the folder to the host, because a page must not send a path. */
  readonly token: string;
  readonly name: string;
  readonly folder: string;
}

/**
 * The workspaces opened before, newest first. They are stored in the data folder; without one, they are remembered
 * until the app ends.
 */
export class Recents {
  readonly #folder: string | undefined;
  #list: { readonly token: string; readonly folder: string }[] = [];

  private constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  static async read(dataFolder: string | undefined): Promise<Recents> {
    const read = new Recents(dataFolder);
    read.#list = await read.#read();
    return read;
  }

  list(): Recent[] {
    return this.#list.map(({ token, folder }) => ({ token, name: path.basename(folder), folder }));
  }

  folderOf(token: string): string | undefined {
    return this.#list.find(recent => recent.token === token)?.folder;
  }

  /** Puts a folder first. */
  note(folder: string): void {
    const known = this.#list.find(recent => recent.folder === folder);
    this.#list = [known ?? { token: randomUUID(), folder }, ...this.#list.filter(recent => recent !== known)].slice(
      0,
      MOST,
    );
    this.#write();
  }

  async #read(): Promise<{ token: string; folder: string }[]> {
    if (this.#folder === undefined) return [];
    try {
      return recents.parse(JSON.parse(await readFile(path.join(this.#folder, FILE), 'utf8'))).recent.slice(0, MOST);
    } catch {
      // The file is missing or damaged. The list is only a convenience, so it starts empty.
      return [];
    }
  }

  #write(): void {
    if (this.#folder === undefined) return;
    try {
      writeSetting(this.#folder, FILE, `${JSON.stringify({ recent: this.#list }, undefined, 2)}\n`);
    } catch {
      // The list is only a convenience: failing to store it is not worth an error message.
    }
  }
}
