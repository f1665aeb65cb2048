import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Result, RunItem, WorkflowFile as ShownFile, Workspace as Shown } from '../api/api.ts';
import { failed, problemOf, succeeded } from '../api/outcomes.ts';
import { readSourceIfThere } from '../../engine/load/code-changes.ts';
import { DEMO_STORE, projectFolder, STORE } from '../../engine/store/project-store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { writeAuthorTypes } from './author-types.ts';
import { codeOfRun, type CodeOfRun } from './code-of-run.ts';
import { scaffoldWorkflow } from './scaffold.ts';
import { WorkflowFiles } from './workflow-files.ts';
import type { WorkflowLoader } from './workflow-loader.ts';

const MOST_SHOWN_CHARACTERS = 2_000_000;
/** The answer waits this long for a new workflow to be loaded, so that the page can open it at once. */
const LOADED_WITHIN_MS = 3_000;

export interface WorkspaceOptions {
  readonly folder: string;
  readonly guard: FolderGuard;
  readonly loader: WorkflowLoader;
  /** What is shown of it has changed. */
  readonly onChange: () => void;
  /** Files of it, or that its workflows are loaded from, were saved. */
  readonly onSaved?: (files: ReadonlySet<string>) => void;
}

/** A folder of workflow files, as a page shows it. */
export class Workspace {
  readonly folder: string;
  readonly #guard: FolderGuard;
  readonly #files: WorkflowFiles;
  /** Why the types for the editor are out of date; undefined when they are not. */
  #typesNotice: string | undefined;

  private constructor(options: WorkspaceOptions) {
    this.folder = options.folder;
    this.#guard = options.guard;
    this.#files = new WorkflowFiles(options);
  }

  /** Opens a folder. What its files define is found out afterwards. @throws when it is not a folder that can be read */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const folder = await realpath(options.folder);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder.`);
    const workspace = new Workspace({ ...options, folder });
    await workspace.#files.find();
    await workspace.#renewTypes();
    workspace.#files.lookAtAll();
    return workspace;
  }

  /** The folder has become trusted, or is not trusted any more, so what is known of its files is out of date. */
  trustChanged(): void {
    void this.#renewTypes();
    this.#files.lookAtAll();
  }

  /** Where the runs of its workflows are stored, by the command line too. */
  get storeFile(): string {
    return path.join(projectFolder(this.folder), STORE);
  }

  /** Where its demos are stored. */
  get demoStoreFile(): string {
    return path.join(projectFolder(this.folder), DEMO_STORE);
  }

  shown(): Pick<Shown, 'folder' | 'name' | 'files' | 'trust' | 'loading' | 'notices'> {
    const files = [...this.#files.known].map(([file, { graphs, problem }]): ShownFile => ({
      file: this.#nameOf(file),
      graphs: [...graphs],
      ...(problem && { problem }),
    }));
    const notices = this.#notices();
    return {
      folder: this.folder,
      name: path.basename(this.folder),
      files: files.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
      trust: this.#guard.shown(),
      ...(this.#files.isLoading && { loading: true }),
      ...(notices.length > 0 && { notices }),
    };
  }

  /** The workflow file that a page names, absolute or relative; undefined for any other file. */
  workflowFile(named: string): string | undefined {
    const file = path.resolve(this.folder, named);
    return this.#files.known.has(file) ? file : undefined;
  }

  /** The one file that defines a workflow of this id; undefined when none or several do. */
  fileOf(workflow: string): string | undefined {
    const [file, ...others] = [...this.#files.known]
      .filter(([, { graphs }]) => graphs.some(({ id }) => id === workflow))
      .map(([known]) => known);
    return others.length === 0 ? file : undefined;
  }

  /** The workflow of a run as its file is now. @param storeFile The store of the run */
  async codeOf(run: RunItem, storeFile: string): Promise<CodeOfRun> {
    const { folder } = this;
    // Who asks right after the folder was opened, or a file was saved, means the code that is being loaded.
    if (this.#guard.isTrusted) await this.#loadedSoon();
    const files = this.#guard.isTrusted && !this.#files.isLoading ? this.#files.known : undefined;
    return await codeOfRun({ folder, storeFile, files, fileOf: id => this.fileOf(id) }, run);
  }

  /** The present text of a workflow file, or of a file that one was loaded from. */
  async file(named: string): Promise<Result<'getFile'>> {
    const file = path.resolve(this.folder, named);
    if (!this.#files.isSource(file)) return null;
    const text = await readSourceIfThere(file);
    return text === undefined || text.length > MOST_SHOWN_CHARACTERS ? null : { file: named, text };
  }

  /** Writes a first version of a workflow, which can be run as it is. */
  async newWorkflow(name: string): Promise<Result<'newWorkflow'>> {
    try {
      const taken = [...this.#files.known.values()].flatMap(({ graphs }) => graphs.map(({ id }) => id));
      const { file, workflow } = await scaffoldWorkflow(this.folder, name, taken);
      await this.#files.lookNow();
      await this.#loadedSoon();
      return succeeded({ file, workflow });
    } catch (error) {
      return failed({ ...problemOf(error), message: `The workflow could not be written: ${problemOf(error).message}` });
    }
  }

  close(): void {
    this.#files.close();
  }

  /** A file whose top level takes long holds nobody up for longer than a person waits. */
  async #loadedSoon(): Promise<void> {
    await Promise.race([this.#files.loaded(), sleep(LOADED_WITHIN_MS, undefined, { ref: false })]);
  }

  /** What is left out of the folder, or could not be written into it, although the user may expect it. */
  #notices(): string[] {
    const gaps = this.#files.gaps(file => this.#nameOf(file) || '.');
    return this.#typesNotice === undefined ? gaps : [...gaps, this.#typesNotice];
  }

  /** The types are a convenience: if they cannot be written, the user is told, and everything else works. */
  async #renewTypes(): Promise<void> {
    this.#typesNotice = undefined;
    if (!this.#guard.isTrusted) return;
    try {
      await writeAuthorTypes(this.folder, { onlyRenew: true });
    } catch (error) {
      this.#typesNotice = `The types for your editor are not updated: ${problemOf(error).message}`;
    }
  }

  /** How a page names a file. */
  #nameOf(file: string): string {
    return path.relative(this.folder, file).split(path.sep).join('/');
  }
}
