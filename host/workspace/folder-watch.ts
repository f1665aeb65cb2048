import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  codeOf,
  contentOf,
  isSkippedFolder,
  leadsOutside,
  MOST_FILES,
  ScanGaps,
} from '../../engine/load/folder-scan.ts';
import { FolderEvents } from './folder-events.ts';

/**
 * Knows the source files in a folder, and reports which of them have changed; also files outside it, if asked to. Events of the
 * system only say where to look. What counts is what is found there.
 */
export class FolderWatch {
  /** What is left out, so that the user can be told. */
  readonly gaps = new ScanGaps();
  readonly #root: string;
  readonly #onChange: (changed: ReadonlySet<string>) => void;
  readonly #events = new FolderEvents(folders => void this.#queue(() => this.#lookAt(folders)));
  /** Each file by its size and times. */
  readonly #files = new Map<string, string>();
  /** Files outside the folder, by the folder that contains them. */
  #outside = new Map<string, Set<string>>();
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(root: string, onChange: (changed: ReadonlySet<string>) => void) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** Looks for the first time. */
  async start(): Promise<void> {
    await this.#look(new Set([this.#root]), new Set());
  }

  /** The source files of the folder. */
  files(): string[] {
    return [...this.#files.keys()].filter(file => !this.#isOutside(file));
  }

  /** Also watches these files, and no others outside the folder. */
  watchOutside(files: Iterable<string>): void {
    const outside = new Map<string, Set<string>>();
    for (const file of files) {
      const folder = path.dirname(file);
      if (this.#isWithin(folder)) continue;
      const there = outside.get(folder) ?? new Set();
      outside.set(folder, there.add(file));
    }
    for (const folder of this.#events.folders())
      if (!this.#isWithin(folder) && !outside.has(folder)) this.#events.unwatch(folder);
    for (const file of this.#files.keys())
      if (this.#isOutside(file) && !outside.get(path.dirname(file))?.has(file)) this.#files.delete(file);
    const fresh = [...outside].filter(([folder, there]) =>
      [...there].some(file => !this.#outside.get(folder)?.has(file)),
    );
    this.#outside = outside;
    if (fresh.length > 0) void this.#queue(() => this.#look(new Set(fresh.map(([folder]) => folder)), undefined));
  }

  /** Looks now, and resolves when all changes have been reported. */
  async lookNow(): Promise<void> {
    await this.#queue(() => this.#lookAt(this.#events.folders()));
  }

  close(): void {
    this.#isClosed = true;
    this.#events.close();
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking.then(work).catch(() => undefined);
    return this.#looking;
  }

  async #lookAt(folders: Iterable<string>): Promise<void> {
    if (this.#isClosed) return;
    const changed = new Set<string>();
    await this.#look(new Set(folders), changed);
    if (changed.size > 0 && !this.#isClosed) this.#onChange(changed);
  }

  /** Looks at folders, and at new folders in them. @param changed Collects what has changed; without it, nothing is reported */
  async #look(folders: ReadonlySet<string>, changed: Set<string> | undefined): Promise<void> {
    const queue = [...folders];
    for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
      const found = await this.#lookInto(folder, changed);
      queue.push(...found.filter(inner => !this.#events.has(inner)));
    }
  }

  /** Returns the folders in it that can contain source files. */
  async #lookInto(folder: string, changed: Set<string> | undefined): Promise<string[]> {
    // Of a new folder nothing is known, so the search through all known files, which takes long when there are many, is left out.
    const isNew = !this.#events.has(folder);
    // Watched before it is read, so that no change is missed in between.
    if (!this.#watch(folder)) return [];
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => codeOf(error));
    if (typeof entries === 'string') {
      this.#forget(folder, changed);
      if (entries !== 'ENOENT' && entries !== 'ENOTDIR') this.gaps.unreadable.set(folder, entries);
      return [];
    }
    this.gaps.unreadable.delete(folder);
    const outside = this.#outside.get(folder);
    const content = contentOf(folder, entries);
    const files = outside
      ? entries.map(({ name }) => path.join(folder, name)).filter(file => outside.has(file))
      : content.files;
    const here = new Set(files);
    for (const file of here) await this.#lookAtFile(file, changed);
    if (!isNew) {
      for (const file of this.#files.keys())
        if (path.dirname(file) === folder && !here.has(file)) this.#drop(file, changed);
    }
    if (outside) return [];
    await this.#noteLinks(folder, content.links);
    if (isNew) return content.folders;
    const inner = new Set(content.folders);
    for (const known of this.#events.folders())
      if (path.dirname(known) === folder && !inner.has(known)) this.#forget(known, changed);
    return content.folders;
  }

  #watch(folder: string): boolean {
    if (this.#events.watch(folder)) return true;
    if (!this.#isClosed) this.gaps.tooManyFolders = true;
    return false;
  }

  async #noteLinks(folder: string, links: readonly string[]): Promise<void> {
    for (const known of this.gaps.links) if (path.dirname(known) === folder) this.gaps.links.delete(known);
    for (const link of links) {
      const target = await realpath(link).catch(() => undefined);
      if (target !== undefined && leadsOutside(this.#root, target)) this.gaps.links.add(link);
    }
  }

  async #lookAtFile(file: string, changed: Set<string> | undefined): Promise<void> {
    if (this.#files.size >= MOST_FILES && !this.#files.has(file)) {
      this.gaps.tooManyFiles = true;
      return;
    }
    const found = await stat(file).catch(() => undefined);
    if (!found) return this.#drop(file, changed);
    const mark = `${found.mtimeMs}:${found.ctimeMs}:${found.size}:${found.ino}`;
    if (this.#files.get(file) === mark) return;
    this.#files.set(file, mark);
    changed?.add(file);
  }

  #drop(file: string, changed: Set<string> | undefined): void {
    if (this.#files.delete(file)) changed?.add(file);
  }

  /** A folder is gone, with everything in it. */
  #forget(folder: string, changed: Set<string> | undefined): void {
    const inside = `${folder}${path.sep}`;
    for (const known of this.#events.folders())
      if (known === folder || known.startsWith(inside)) this.#events.unwatch(known);
    for (const file of this.#files.keys()) if (file.startsWith(inside)) this.#drop(file, changed);
    for (const link of this.gaps.links) if (link.startsWith(inside)) this.gaps.links.delete(link);
    for (const unreadable of this.gaps.unreadable.keys())
      if (unreadable === folder || unreadable.startsWith(inside)) this.gaps.unreadable.delete(unreadable);
  }

  #isOutside(file: string): boolean {
    return !this.#isWithin(path.dirname(file));
  }

  #isWithin(folder: string): boolean {
    return (
      folder === this.#root ||
      (folder.startsWith(`${this.#root}${path.sep}`) &&
        !path.relative(this.#root, folder).split(path.sep).some(isSkippedFolder))
    );
  }
}
