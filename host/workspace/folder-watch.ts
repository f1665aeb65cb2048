import { watch, type FSWatcher } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  codeOf,
  contentOf,
  isSkippedFolder,
  leadsOutside,
  MOST_FILES,
  MOST_FOLDERS,
  ScanGaps,
} from '../../engine/load/folder-scan.ts';

/** An editor writes a file in several goes, and a version control system hundreds of files. */
const SETTLE_MS = 120;
const POLL_MS = 2_000;

/**
 * Knows the source files in a folder, and says when any of them, or of some outside it, is another one than before.
 * The system's events only say where to look: what counts is what is found there.
 */
export class FolderWatch {
  /** What is not looked at, so that it can be told. */
  readonly gaps = new ScanGaps();
  readonly #root: string;
  readonly #onChange: (changed: ReadonlySet<string>) => void;
  /** Each file by its size and times. */
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, FSWatcher | 'polled'>();
  /** Files outside the folder, by the folder they are in. */
  #outside = new Map<string, Set<string>>();
  #dirty = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #pollTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(root: string, onChange: (changed: ReadonlySet<string>) => void) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** Takes the first look. */
  async start(): Promise<void> {
    await this.#look(new Set([this.#root]), new Set());
  }

  /** The source files of the folder. */
  files(): string[] {
    return [...this.#files.keys()].filter(file => !this.#isOutside(file));
  }

  /** Watches these files too, and no others outside the folder. */
  watchOutside(files: Iterable<string>): void {
    const outside = new Map<string, Set<string>>();
    for (const file of files) {
      const folder = path.dirname(file);
      if (this.#isWithin(folder)) continue;
      const there = outside.get(folder) ?? new Set();
      outside.set(folder, there.add(file));
    }
    for (const [folder, watcher] of this.#folders)
      if (!this.#isWithin(folder) && !outside.has(folder)) this.#unwatch(folder, watcher);
    for (const file of this.#files.keys())
      if (this.#isOutside(file) && !outside.get(path.dirname(file))?.has(file)) this.#files.delete(file);
    const fresh = [...outside].filter(([folder, there]) =>
      [...there].some(file => !this.#outside.get(folder)?.has(file)),
    );
    this.#outside = outside;
    if (fresh.length > 0) this.#queue(() => this.#look(new Set(fresh.map(([folder]) => folder)), undefined));
  }

  /** Looks now, and resolves when whatever has changed has been told. */
  async lookNow(): Promise<void> {
    await this.#queue(() => this.#lookAt([...this.#folders.keys()]));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pollTimer);
    for (const [folder, watcher] of this.#folders) this.#unwatch(folder, watcher);
  }

  #mark(folder: string): void {
    this.#dirty.add(folder);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const folders = this.#dirty;
      this.#dirty = new Set();
      void this.#queue(() => this.#lookAt(folders));
    }, SETTLE_MS);
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking.then(work).catch(() => undefined);
    return this.#looking;
  }

  async #lookAt(folders: Iterable<string>): Promise<void> {
    if (this.#closed) return;
    const changed = new Set<string>();
    await this.#look(new Set(folders), changed);
    if (changed.size > 0 && !this.#closed) this.#onChange(changed);
  }

  /** Looks at folders, and at those in them that are new. @param changed Without it, what is found is no news. */
  async #look(folders: ReadonlySet<string>, changed: Set<string> | undefined): Promise<void> {
    const queue = [...folders];
    for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
      const found = await this.#lookInto(folder, changed);
      queue.push(...found.filter(inner => !this.#folders.has(inner)));
    }
  }

  /** Returns the folders in it that are of interest. */
  async #lookInto(folder: string, changed: Set<string> | undefined): Promise<string[]> {
    // Nothing is known of what is in a new one: to search all that is known for it would take long where there are many.
    const isNew = !this.#folders.has(folder);
    // Watched first, so that nothing can come between.
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
    for (const known of this.#folders.keys())
      if (path.dirname(known) === folder && !inner.has(known)) this.#forget(known, changed);
    return content.folders;
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

  /** A folder that is gone, with everything in it. */
  #forget(folder: string, changed: Set<string> | undefined): void {
    const inside = `${folder}${path.sep}`;
    for (const [known, watcher] of this.#folders)
      if (known === folder || known.startsWith(inside)) this.#unwatch(known, watcher);
    for (const file of this.#files.keys()) if (file.startsWith(inside)) this.#drop(file, changed);
    for (const link of this.gaps.links) if (link.startsWith(inside)) this.gaps.links.delete(link);
    for (const unreadable of this.gaps.unreadable.keys())
      if (unreadable === folder || unreadable.startsWith(inside)) this.gaps.unreadable.delete(unreadable);
  }

  /** False when there are too many already. */
  #watch(folder: string): boolean {
    if (this.#folders.has(folder)) return true;
    if (this.#closed) return false;
    if (this.#folders.size >= MOST_FOLDERS) {
      this.gaps.tooManyFolders = true;
      return false;
    }
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#mark(folder));
      // Its folder is gone, or the system has no more watches to give.
      watcher.on('error', () => {
        watcher.close();
        this.#poll(folder);
        this.#mark(folder);
      });
      this.#folders.set(folder, watcher);
    } catch {
      this.#poll(folder);
    }
    return true;
  }

  #poll(folder: string): void {
    this.#folders.set(folder, 'polled');
    this.#pollTimer ??= setInterval(() => {
      for (const [polled, watcher] of this.#folders) if (watcher === 'polled') this.#mark(polled);
    }, POLL_MS).unref();
  }

  #unwatch(folder: string, watcher: FSWatcher | 'polled'): void {
    if (watcher !== 'polled') watcher.close();
    this.#folders.delete(folder);
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
