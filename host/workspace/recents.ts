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
  /** Stands for the folder where a page must not name one. */
  readonly token: string;
  readonly name: string;
  readonly folder: string;
}

/** The workspaces opened before, newest first, kept in a file of the app's. Without a folder for it, only for this time. */
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
      // Missing or broken: a list of conveniences is begun anew.
      return [];
    }
  }

  #write(): void {
    if (this.#folder === undefined) return;
    try {
      writeSetting(this.#folder, FILE, `${JSON.stringify({ recent: this.#list }, undefined, 2)}\n`);
    } catch {
      // It is not worth an error message.
    }
  }
}
