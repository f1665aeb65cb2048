import { lookAtSource } from '../../engine/load/look-at-source.ts';
import { toProblem } from '../../engine/runner/problem.ts';
import type { Graph, Problem } from '../api/api.ts';
import { problemOf } from '../api/outcomes.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { FolderWatch } from './folder-watch.ts';
import { Limiter } from './limiter.ts';
import type { WorkflowLoader } from './workflow-loader.ts';

/** A system lets a process have only so many files open. */
const READ_AT_A_TIME = 16;

/** A file that defines workflows, or that imports `cronflow` and cannot be loaded. */
export interface WorkflowFile {
  /** Of the last version that could be loaded. */
  readonly graphs: readonly Graph[];
  readonly problem: Problem | undefined;
  /** What it was loaded from, itself included. */
  readonly sources: ReadonlySet<string>;
}

export interface WorkflowFilesOptions {
  /** The real path. */
  readonly folder: string;
  readonly guard: Pick<FolderGuard, 'isTrusted'>;
  readonly loader: Pick<WorkflowLoader, 'inspect'>;
  /** What is known of the files has changed. */
  readonly onChange: () => void;
  /** Files were saved, before it is known what is in them. */
  readonly onSaved?: (files: ReadonlySet<string>) => void;
}

/** Finds out which files of a folder define which workflows, and keeps that up to date as the files change. */
export class WorkflowFiles {
  readonly #options: WorkflowFilesOptions;
  readonly #watch: FolderWatch;
  readonly #known = new Map<string, WorkflowFile>();
  readonly #reading = new Limiter(READ_AT_A_TIME);
  /** Files that are being looked at, or wait for it. `again` says that the file has changed meanwhile. */
  readonly #looking = new Map<string, { again: boolean }>();
  #idle: PromiseWithResolvers<void> = Promise.withResolvers();
  #isClosed = false;

  constructor(options: WorkflowFilesOptions) {
    this.#options = options;
    this.#watch = new FolderWatch(options.folder, changed => this.#changed(changed));
  }

  /** Finds the source files. What is in them is found out by `lookAtAll`. */
  async find(): Promise<void> {
    await this.#watch.start();
  }

  /** Looks into all files, also into those that are known. */
  lookAtAll(): void {
    const files = this.#watch.files();
    for (const file of files) this.#look(file);
    if (files.length === 0) this.#idle.resolve();
  }

  /** Looks for changed files now, and does not wait for an event. */
  async lookNow(): Promise<void> {
    await this.#watch.lookNow();
  }

  get isLoading(): boolean {
    return this.#looking.size > 0;
  }

  /** Resolves when all files have been looked at. */
  async loaded(): Promise<void> {
    if (this.isLoading) await this.#idle.promise;
  }

  /** The workflow files, by absolute path. */
  get known(): ReadonlyMap<string, WorkflowFile> {
    return this.#known;
  }

  /** Whether it is a workflow file, or a file that one was loaded from. */
  isSource(file: string): boolean {
    return this.#known.has(file) || [...this.#known.values()].some(({ sources }) => sources.has(file));
  }

  /** What has been left out, in sentences. @param nameOf How a file is shown */
  gaps(nameOf: (file: string) => string): string[] {
    return this.#watch.gaps.texts(nameOf);
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
    this.#idle.resolve();
  }

  #changed(changed: ReadonlySet<string>): void {
    this.#options.onSaved?.(changed);
    const files = new Set(this.#watch.files());
    for (const file of changed) if (files.has(file) || this.#known.has(file)) this.#look(file);
    for (const [file, { sources, problem }] of this.#known) {
      // Any changed file can be the one that a file with a problem is missing.
      if (problem !== undefined || [...changed].some(other => sources.has(other))) this.#look(file);
    }
  }

  #look(file: string): void {
    const looking = this.#looking.get(file);
    if (looking) {
      looking.again = true;
      return;
    }
    if (this.#looking.size === 0) this.#idle = Promise.withResolvers();
    this.#looking.set(file, { again: false });
    void this.#lookUntilUnchanged(file);
  }

  async #lookUntilUnchanged(file: string): Promise<void> {
    for (;;) {
      const isNews = await this.#lookInto(file).catch((error: unknown) =>
        this.#note(file, { graphs: [], problem: problemOf(error), sources: new Set([file]) }),
      );
      if (this.#isClosed) return;
      const looking = this.#looking.get(file);
      if (looking?.again) {
        looking.again = false;
        continue;
      }
      this.#looking.delete(file);
      if (isNews) this.#watchSources();
      if (this.#looking.size === 0) this.#idle.resolve();
      if (isNews || this.#looking.size === 0) this.#options.onChange();
      return;
    }
  }

  /** Returns whether what is known of the file has changed. */
  async #lookInto(file: string): Promise<boolean> {
    const { guard, loader } = this.#options;
    // Loading a file executes it, and only a file that imports the value `cronflow` is meant to be executed.
    const look = await this.#reading.run(() => lookAtSource(file));
    if (look.kind === 'other' || look.kind === 'unreadable') return this.#known.delete(file);
    if (!guard.isTrusted) return this.#note(file, { graphs: [], problem: undefined, sources: new Set([file]) });
    const found =
      look.kind === 'broken'
        ? ({ ok: false, problem: toProblem(look.error, []) ?? problemOf(look.error) } as const)
        : await loader.inspect(file);
    if (found.ok)
      return this.#note(file, { graphs: found.graphs, problem: undefined, sources: new Set([file, ...found.files]) });
    // A file without workflows is a helper of others.
    if (/defines no workflow/.test(found.problem.message)) return this.#known.delete(file);
    const before = this.#known.get(file);
    return this.#note(file, {
      graphs: before?.graphs ?? [],
      problem: found.problem,
      sources: before?.sources ?? new Set([file]),
    });
  }

  #note(file: string, known: WorkflowFile): boolean {
    if (!this.#isClosed) this.#known.set(file, known);
    return true;
  }

  #watchSources(): void {
    this.#watch.watchOutside([...this.#known.values()].flatMap(({ sources }) => [...sources]));
  }
}
