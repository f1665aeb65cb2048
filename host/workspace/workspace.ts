import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Graph, Problem, Result, Workspace as Shown, WorkflowFile } from '../api/api.ts';
import { lookAtSource } from '../../engine/load/look-at-source.ts';
import { toProblem } from '../../engine/runner/problem.ts';
import { writeAuthorTypes } from './author-types.ts';
import { readSourceIfThere } from '../../engine/load/code-changes.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { FolderWatch } from './folder-watch.ts';
import type { WorkflowLoader } from './workflow-loader.ts';
import { Limiter } from '../api/limiter.ts';
import { failed, problemOf, succeeded } from '../api/outcomes.ts';
import { scaffoldWorkflow } from './scaffold.ts';

const MOST_SHOWN_CHARACTERS = 2_000_000;
/** A new workflow is worth waiting for, so that it can be opened at once; another file that takes its time is not. */
const FOUND_WITHIN_MS = 3_000;

/** A file that defines workflows, or that is to and cannot be loaded. */
interface Known {
  graphs: readonly Graph[];
  problem: Problem | undefined;
  /** What it was loaded from, itself included. */
  sources: ReadonlySet<string>;
}

export interface WorkspaceOptions {
  readonly folder: string;
  readonly guard: FolderGuard;
  readonly inspector: WorkflowLoader;
  /** Something in it is not what it was. */
  readonly onChange: () => void;
}

/** A folder of workflow files: which workflows there are, kept up to date as the files change. */
export class Workspace {
  readonly folder: string;
  readonly #options: WorkspaceOptions;
  readonly #watch: FolderWatch;
  readonly #known = new Map<string, Known>();
  /** Files are opened a few at a time: a system lets a process have only so many. */
  readonly #reading = new Limiter(16);
  /** Files that are being looked at, or wait for it; `again` when they have changed meanwhile. */
  readonly #looking = new Map<string, { again: boolean }>();
  #idle: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Why the types for editors are not up to date; undefined when they are. */
  #typesNotice: string | undefined;
  #closed = false;

  private constructor(options: WorkspaceOptions) {
    this.folder = options.folder;
    this.#options = options;
    this.#watch = new FolderWatch(options.folder, changed => this.#changed(changed));
  }

  /** Opens a folder; what is in it is found out after this. @throws when it is not a folder that can be read */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const folder = await realpath(options.folder);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder.`);
    const workspace = new Workspace({ ...options, folder });
    await workspace.#watch.start();
    await workspace.#renewTypes();
    const files = workspace.#watch.files();
    // Until all of them have been looked into, it is not known that there is nothing.
    for (const file of files) workspace.#look(file);
    if (files.length === 0) workspace.#idle.resolve();
    return workspace;
  }

  /** The folder has become trusted, or is not any more: what is known of its files is not true now. */
  trustChanged(): void {
    void this.#renewTypes();
    for (const file of this.#watch.files()) this.#look(file);
  }

  /** Where the runs of its workflows are kept. */
  get storeFile(): string {
    return path.join(this.folder, '.cronflow', 'runs.db');
  }

  get isLoading(): boolean {
    return this.#looking.size > 0;
  }

  /** Resolves when all files have been looked at. */
  async loaded(): Promise<void> {
    if (this.isLoading) await this.#idle.promise;
  }

  shown(): Pick<Shown, 'folder' | 'name' | 'files' | 'trust' | 'loading' | 'notices'> {
    const files = [...this.#known].map(([file, { graphs, problem }]): WorkflowFile => ({
      file: this.nameOf(file),
      graphs: [...graphs],
      ...(problem && { problem }),
    }));
    const notices = this.#notices();
    return {
      folder: this.folder,
      name: path.basename(this.folder),
      files: files.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
      trust: this.#options.guard.shown(),
      ...(this.isLoading && { loading: true }),
      ...(notices.length > 0 && { notices }),
    };
  }

  /** What is left out of the folder, or not written into it, that its user may expect there. */
  #notices(): string[] {
    const gaps = this.#watch.gaps.texts(file => this.nameOf(file) || '.');
    return this.#typesNotice === undefined ? gaps : [...gaps, this.#typesNotice];
  }

  /** The types are a convenience: what keeps them from being written is told, and keeps nothing else from working. */
  async #renewTypes(): Promise<void> {
    this.#typesNotice = undefined;
    if (!this.#options.guard.isTrusted) return;
    try {
      await writeAuthorTypes(this.folder, { onlyRenew: true });
    } catch (error) {
      this.#typesNotice = `The types for your editor are not updated: ${problemOf(error).message}`;
    }
  }

  /** As a page names a file. */
  nameOf(file: string): string {
    return path.relative(this.folder, file).split(path.sep).join('/');
  }

  /** The workflow file a page names, in whichever way; undefined for any other. */
  workflowFile(named: string): string | undefined {
    const file = path.resolve(this.folder, named);
    return this.#known.has(file) ? file : undefined;
  }

  /** The one file that defines a workflow of this id; undefined when none or several do. */
  fileOf(workflow: string): string | undefined {
    const [file, ...others] = [...this.#known]
      .filter(([, { graphs }]) => graphs.some(({ id }) => id === workflow))
      .map(([known]) => known);
    return others.length === 0 ? file : undefined;
  }

  /** A workflow file as it is now, or a file that one of them is made of. */
  async file(named: string): Promise<Result<'getFile'>> {
    const file = path.resolve(this.folder, named);
    if (!this.#known.has(file) && ![...this.#known.values()].some(({ sources }) => sources.has(file))) return null;
    const text = await readSourceIfThere(file);
    return text === undefined || text.length > MOST_SHOWN_CHARACTERS ? null : { file: named, text };
  }

  /** Whether a file lies in the folder, wherever links lead to. */
  async holds(file: string): Promise<boolean> {
    const real = await realpath(file).catch(() => undefined);
    return real !== undefined && real.startsWith(`${this.folder}${path.sep}`);
  }

  /** Writes a first version of a workflow that can be run. */
  async newWorkflow(name: string): Promise<Result<'newWorkflow'>> {
    try {
      const taken = [...this.#known.values()].flatMap(({ graphs }) => graphs.map(({ id }) => id));
      const { file, workflow } = await scaffoldWorkflow(this.folder, name, taken);
      await this.#watch.lookNow();
      await Promise.race([this.loaded(), sleep(FOUND_WITHIN_MS, undefined, { ref: false })]);
      return succeeded({ file, workflow });
    } catch (error) {
      return failed({ ...problemOf(error), message: `The workflow could not be written: ${problemOf(error).message}` });
    }
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    this.#idle.resolve();
  }

  #changed(changed: ReadonlySet<string>): void {
    const files = new Set(this.#watch.files());
    for (const file of changed) if (files.has(file) || this.#known.has(file)) this.#look(file);
    for (const [file, { sources, problem }] of this.#known) {
      // What a file that cannot be loaded is missing may be any of them.
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
    void this.#lookUntilStill(file);
  }

  async #lookUntilStill(file: string): Promise<void> {
    for (;;) {
      const news = await this.#lookInto(file).catch((error: unknown) =>
        this.#note(file, { graphs: [], problem: problemOf(error), sources: new Set([file]) }),
      );
      if (this.#closed) return;
      const looking = this.#looking.get(file);
      if (looking?.again) {
        looking.again = false;
        continue;
      }
      this.#looking.delete(file);
      if (news) this.#watchSources();
      if (this.#looking.size === 0) this.#idle.resolve();
      if (news || this.#looking.size === 0) this.#options.onChange();
      return;
    }
  }

  /** Whether what is known of it is something else now. */
  async #lookInto(file: string): Promise<boolean> {
    // Loading a file executes it: only one that imports the value `cronflow` is meant to be.
    const look = await this.#reading.run(() => lookAtSource(file));
    if (look.kind === 'other' || look.kind === 'unreadable') return this.#known.delete(file);
    if (!this.#options.guard.isTrusted)
      return this.#note(file, { graphs: [], problem: undefined, sources: new Set([file]) });
    const found =
      look.kind === 'broken'
        ? ({ ok: false, problem: toProblem(look.error, []) ?? problemOf(look.error) } as const)
        : await this.#options.inspector.inspect(file);
    if (found.ok)
      return this.#note(file, { graphs: found.graphs, problem: undefined, sources: new Set([file, ...found.files]) });
    // It helps others that have workflows.
    if (/defines no workflow/.test(found.problem.message)) return this.#known.delete(file);
    const before = this.#known.get(file);
    return this.#note(file, {
      graphs: before?.graphs ?? [],
      problem: found.problem,
      sources: before?.sources ?? new Set([file]),
    });
  }

  #note(file: string, known: Known): boolean {
    if (!this.#closed) this.#known.set(file, known);
    return true;
  }

  #watchSources(): void {
    this.#watch.watchOutside([...this.#known.values()].flatMap(({ sources }) => [...sources]));
  }
}
