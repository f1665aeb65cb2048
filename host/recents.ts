import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

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
  readonly #file: string | undefined;
  #list: { readonly token: string; readonly folder: string }[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string | undefined) {
    this.#file = file;
  }

  static async read(dataFolder: string | undefined): Promise<Recents> {
    const read = new Recents(dataFolder === undefined ? undefined : path.join(dataFolder, FILE));
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
  async note(folder: string): Promise<void> {
    const known = this.#list.find(recent => recent.folder === folder);
    this.#list = [known ?? { token: randomUUID(), folder }, ...this.#list.filter(recent => recent !== known)].slice(
      0,
      MOST,
    );
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #read(): Promise<{ token: string; folder: string }[]> {
    if (this.#file === undefined) return [];
    try {
      return recents.parse(JSON.parse(await readFile(this.#file, 'utf8'))).recent.slice(0, MOST);
    } catch {
      // Missing or broken: a list of conveniences is begun anew.
      return [];
    }
  }

  /** Whoever reads it finds the old list or the new one, never half of one. */
  async #write(): Promise<void> {
    if (this.#file === undefined) return;
    const beside = `${this.#file}.${randomUUID()}.tmp`;
    try {
      // Which folders a person works in is nobody else's business.
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      // A new file, under a name that nobody can have put a link to another file under.
      await writeFile(beside, `${JSON.stringify({ recent: this.#list }, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
      await rename(beside, this.#file);
    } catch {
      // It is not worth an error message.
      await rm(beside, { force: true }).catch(() => undefined);
    }
  }
}
