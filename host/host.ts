import { readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  PROTOCOL,
  type Args,
  type Problem,
  type Result,
  type RunItem,
  type StudioApi,
  type Workspace as ShownWorkspace,
} from './api/api.ts';
import { guarded, type Implementation } from './api/boundary.ts';
import { debugHost } from '../engine/debug.ts';
import { hasCodeChanged, readSourceIfThere } from '../engine/load/code-changes.ts';
import { openInEditor } from './workspace/editor.ts';
import { WorkflowLoader } from './workspace/workflow-loader.ts';
import { Outbox, type Listener } from './api/outbox.ts';
import { failed, problemOf, succeeded } from './api/outcomes.ts';
import { Recents } from './workspace/recents.ts';
import { Runs } from './runs/runs.ts';
import { FolderGuard, NotTrustedError } from './trust/folder-guard.ts';
import { FolderTrust } from './trust/folder-trust.ts';
import { OperationError, Store } from './store/store.ts';
import { Workspace } from './workspace/workspace.ts';

export interface HostOptions {
  /** The workspace to begin with. */
  readonly folder: string;
  /** The folder is trusted for as long as this host lives, without a question: `--trust`. */
  readonly trustForThisLaunch?: boolean | undefined;
  readonly shell: 'electron' | 'browser';
  /** Where the app keeps what belongs to no workspace. Without it, it keeps nothing. */
  readonly dataFolder?: string | undefined;
  /** The app's version. @default that of this package */
  readonly version?: string | undefined;
  /** A defect of ours, for the app's log. @default standard error */
  readonly onDefect?: ((error: unknown) => void) | undefined;
  /** How long a run may take to stop before its process is ended. @default 8000 */
  readonly killAfterMs?: number | undefined;
}

export type OpenOptions = Pick<HostOptions, 'trustForThisLaunch'>;

/** One page's view of the host: what it watches is its own. */
export interface HostConnection {
  readonly api: StudioApi;
  /** Watches nothing any more, and is told nothing. */
  close(): void;
}

/** The app's back half, whichever shell shows it. */
export interface Host {
  /** For whoever shares this process; what it watches is told to those who have subscribed. */
  readonly api: StudioApi;
  subscribe(listener: Listener): () => void;
  /** For a page. @param isBehind Whether it has so much still to take that it is to be told nothing new. */
  open(listener: Listener, isBehind?: () => boolean): HostConnection;
  /** Takes another folder as the workspace: one that a person has chosen in a dialog of the shell's. */
  openFolder(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>>;
  /** Runs that would be interrupted by closing. */
  hasLiveRuns(): RunItem[];
  /** Stops its runs, to be resumed later, and ends everything it has begun. */
  close(): Promise<void>;
}

const VERSION = versionOfPackage();

/** What belongs to the folder that is open. */
interface Opened {
  readonly guard: FolderGuard;
  readonly workspace: Workspace;
  readonly inspector: WorkflowLoader;
  readonly store: Store;
  readonly runs: Runs;
}

/** @throws when the folder cannot be opened */
export async function createHost(options: HostOptions): Promise<Host> {
  const host = new StudioHost(options, await Recents.read(options.dataFolder));
  await host.begin(options.folder, options);
  return host;
}

class StudioHost implements Host {
  readonly api: StudioApi;
  readonly #options: HostOptions;
  readonly #recents: Recents;
  readonly #trust: FolderTrust;
  readonly #outboxes = new Set<Outbox>();
  readonly #subscribers = new Set<Listener>();
  #opened: Opened | undefined;
  #opening: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: HostOptions, recents: Recents) {
    this.#options = options;
    this.#recents = recents;
    this.#trust = new FolderTrust(options.dataFolder);
    this.api = this.open((event, payload) =>
      Promise.allSettled(
        [...this.#subscribers].map(async subscriber => {
          await subscriber(event, payload);
        }),
      ),
    ).api;
  }

  async begin(folder: string, { trustForThisLaunch = false }: OpenOptions = {}): Promise<void> {
    if (trustForThisLaunch) this.#trust.trustForThisLaunch(await realpath(folder));
    this.#opened = await this.#openWorkspace(folder);
    this.#recents.note(this.#opened.workspace.folder);
  }

  subscribe(listener: Listener): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  open(listener: Listener, isBehind?: () => boolean): HostConnection {
    const outbox = new Outbox(listener, isBehind);
    this.#outboxes.add(outbox);
    return {
      api: guarded(this.#implementation(outbox), this.#onDefect),
      close: () => {
        outbox.close();
        this.#outboxes.delete(outbox);
      },
    };
  }

  openFolder(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>> {
    // One after the other: two at a time would both begin with what is open now, and leave one of theirs open for good.
    const opening = this.#opening.then(() => this.#openFolder(folder, options));
    this.#opening = opening.catch(() => undefined);
    return opening;
  }

  async #openFolder(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>> {
    if (this.#closed) return failed({ name: 'ClosedError', message: 'Cronflow Studio is being closed.' });
    if (options?.trustForThisLaunch && (await realpath(folder).catch(() => undefined)) === this.#now.guard.folder)
      return await this.#trustOpenFolder();
    const live = this.hasLiveRuns();
    if (live.length > 0) {
      return failed({
        name: 'WorkspaceError',
        message: `${live.length === 1 ? 'A run is' : `${live.length} runs are`} going on in this workspace. Wait for ${live.length === 1 ? 'it' : 'them'}, or pause ${live.length === 1 ? 'it' : 'them'}, before you open another.`,
      });
    }
    const pending = this.#opened?.runs.pending;
    if (pending !== undefined) return failed({ name: 'WorkspaceError', message: pending });
    const before = this.#opened;
    try {
      await this.begin(folder, options);
    } catch (error) {
      return failed({ name: 'WorkspaceError', message: `The folder could not be opened: ${problemOf(error).message}` });
    }
    for (const outbox of this.#outboxes) outbox.unwatchAll();
    if (before) await closeOpened(before);
    this.#tellWorkspace();
    return succeeded(this.#shownWorkspace());
  }

  hasLiveRuns(): RunItem[] {
    return this.#opened?.runs.live() ?? [];
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeNow();
    return this.#closed;
  }

  async #closeNow(): Promise<void> {
    debugHost('close');
    await this.#opening;
    const opened = this.#opened;
    if (opened) await closeOpened(opened);
    for (const outbox of this.#outboxes) outbox.close();
  }

  async #openWorkspace(folder: string): Promise<Opened> {
    debugHost('open %s', folder);
    const guard = await FolderGuard.of(folder, this.#trust);
    const inspector = new WorkflowLoader(guard);
    const workspace = await Workspace.open({
      folder: guard.folder,
      guard,
      inspector,
      onChange: () => {
        if (this.#opened?.workspace === workspace) this.#tellWorkspace();
      },
    });
    const store = new Store(workspace.storeFile, workspace.folder);
    const runs = new Runs({
      store,
      guard,
      killAfterMs: this.#options.killAfterMs,
      fileOfWorkflow: id => workspace.fileOf(id),
      onItem: item => {
        for (const outbox of this.#outboxes) outbox.noteRun(item);
      },
      views: {
        onNews: () => {
          for (const outbox of this.#outboxes) outbox.plan();
        },
        onLogs: (run, lines, dropped) => {
          for (const outbox of this.#outboxes) outbox.noteLogs(run, lines, dropped);
        },
        onError: this.#onDefect,
      },
    });
    return { guard, workspace, inspector, store, runs };
  }

  get #now(): Opened {
    if (!this.#opened) throw new Error('The host has not begun.');
    return this.#opened;
  }

  readonly #onDefect = (error: unknown): void => {
    if (this.#closed) return;
    if (this.#options.onDefect) this.#options.onDefect(error);
    else console.error('Cronflow:', error instanceof Error && 'defect' in error ? error.defect : error);
  };

  #shownWorkspace(): ShownWorkspace {
    return { ...this.#now.workspace.shown(), recent: this.#recents.list() };
  }

  #tellWorkspace(): void {
    for (const outbox of this.#outboxes) outbox.noteWorkspace(this.#shownWorkspace());
  }

  #implementation(outbox: Outbox): Implementation {
    const { shell, version = VERSION } = this.#options;
    const host = () => this.#now;
    return {
      hello: () => ({ protocol: PROTOCOL, version, shell, platform: process.platform }),

      getWorkspace: () => this.#shownWorkspace(),
      openRecent: ({ token }) => this.#openRecent(token),
      trustFolder: ({ question }) => this.#trustFolder(question),
      distrustFolder: () => this.#distrustFolder(),
      newWorkflow: ({ name }) => this.#whenTrusted(() => host().workspace.newWorkflow(name)),
      getFile: ({ file }) => host().workspace.file(file),

      startRun: args => this.#whenTrusted(() => this.#startRun(args)),
      stopRun: ({ run, as }) => tried(() => host().runs.stop(run, as)),
      resumeRun: ({ run }) => this.#whenTrusted(() => host().runs.resume(run)),
      planRerun: ({ run, request }) => tried(() => host().runs.plan(run, request)),
      rerun: ({ run, request }) => this.#whenTrusted(() => host().runs.rerun(run, request)),
      setConcurrency: ({ run, node, concurrency }) => tried(() => host().runs.setConcurrency(run, node, concurrency)),

      watchRun: ({ run }) => outbox.watch(run, wanted => host().runs.watch(wanted)),
      unwatchRun: ({ run }) => {
        outbox.unwatch(run);
        return {};
      },

      getRun: async ({ run }) => {
        const { sources, ...detail } = await host().store.do('runDetail', run);
        const [item = detail.item] = host().runs.withOwn([detail.item]);
        return { ...detail, item, codeChanged: await hasCodeChanged(sources) };
      },
      listRuns: async args => host().runs.withOwn(await host().store.do('listRuns', args)),
      listBatches: args => host().store.do('listBatches', args),
      getBatch: args => host().store.do('getBatch', args),
      findBatch: args => host().store.do('findBatch', args),
      nextFailed: args => host().store.do('nextFailed', args),
      getStep: args => host().store.do('getStep', args),
      getItems: args => host().store.do('getItems', args),
      getOutput: args => host().store.do('getOutput', args),
      getPayload: args => host().store.do('getPayload', args),
      getResult: args => host().store.do('getResult', args),
      getLogs: args => host().store.do('getLogs', args),
      getState: args => host().store.do('getState', args),
      getStateHistory: args => host().store.do('getStateHistory', args),
      getProblems: args => host().store.do('getProblems', args),
      getCells: args => host().store.do('getCells', args),
      getOverlay: args => host().store.do('getOverlay', args),
      getTimeline: args => host().store.do('getTimeline', args),

      getSource: async args => {
        const text = await host().store.do('sourceText', args);
        return text === null ? null : { file: args.file, text, changed: (await readSourceIfThere(args.file)) !== text };
      },
      openInEditor: async ({ run, file, line, column }) => {
        const found = await this.#fileToOpen(run, file);
        return found === undefined
          ? failed({ name: 'EditorError', message: `${file} is not a file of this workspace or of the run.` })
          : await openInEditor(found, line, column);
      },
    };
  }

  /** For what executes code of the folder, or writes into it. */
  async #whenTrusted<T>(work: () => Promise<T>): Promise<T | { ok: false; problem: Problem }> {
    const refusal = this.#now.guard.refusal();
    return refusal ? failed(refusal) : await tried(work);
  }

  async #trustFolder(question: string): Promise<Result<'trustFolder'>> {
    const { guard } = this.#now;
    try {
      await guard.accept(question);
    } catch (error) {
      if (error instanceof NotTrustedError) return failed(problemOf(error));
      return failed({
        name: 'TrustError',
        message: `The answer cannot be stored, so the folder is still not trusted: ${problemOf(error).message} To trust it for one launch, start Cronflow with --trust.`,
      });
    }
    return this.#trustHasChanged();
  }

  /** Another start of the app names the folder that is open, with `--trust`: its runs go on. */
  async #trustOpenFolder(): Promise<Result<'openRecent'>> {
    const { guard } = this.#now;
    this.#trust.trustForThisLaunch(guard.folder);
    if (guard.isTrusted) return succeeded(this.#shownWorkspace());
    await guard.renew();
    return this.#trustHasChanged();
  }

  async #distrustFolder(): Promise<Result<'distrustFolder'>> {
    const { guard, runs } = this.#now;
    if (this.hasLiveRuns().length > 0 || runs.pending !== undefined)
      return failed({
        name: 'TrustError',
        message: 'Runs of this folder are going on. Wait for them or pause them, then try again.',
      });
    let because: string | undefined;
    try {
      because = await this.#trust.forget(guard.folder);
    } catch (error) {
      return failed({
        name: 'TrustError',
        message: `This cannot be stored, so the folder is still trusted: ${problemOf(error).message}`,
      });
    }
    await guard.renew();
    if (because !== undefined)
      return failed({
        name: 'TrustError',
        message: `This folder is trusted because it is part of ${because}, which is trusted.`,
      });
    return this.#trustHasChanged();
  }

  #trustHasChanged(): { ok: true; value: ShownWorkspace } {
    this.#now.workspace.trustChanged();
    this.#tellWorkspace();
    return succeeded(this.#shownWorkspace());
  }

  async #openRecent(token: string): Promise<Result<'openRecent'>> {
    const folder = this.#recents.folderOf(token);
    return folder === undefined
      ? failed({ name: 'WorkspaceError', message: 'That folder is not among those opened before.' })
      : await this.openFolder(folder);
  }

  async #startRun({ file, workflow, payload }: Args<'startRun'>): Promise<Result<'startRun'>> {
    const { workspace, runs } = this.#now;
    const found = workspace.workflowFile(file);
    if (found === undefined)
      return failed({ name: 'ChoiceError', message: `There is no workflow file ${file} in this workspace.` });
    let value: unknown;
    try {
      value = payload.trim() === '' ? {} : JSON.parse(payload);
    } catch (error) {
      return failed({ name: 'PayloadError', message: `The payload is not JSON: ${problemOf(error).message}` });
    }
    return await runs.start(found, workflow, value);
  }

  /** The file a page may open: one that the run was made of, or any of the workspace. Links lead nowhere else. */
  async #fileToOpen(run: number | undefined, named: string): Promise<string | undefined> {
    const { workspace, store } = this.#now;
    const file = path.resolve(workspace.folder, named);
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined || !(await stat(real)).isFile()) return undefined;
    if (real.startsWith(`${workspace.folder}${path.sep}`)) return real;
    return run !== undefined && real === file && (await store.do('isSource', { run, file })) ? real : undefined;
  }
}

/** What a person asked for and cannot have is told as such, not as an error of the call. */
async function tried<T>(work: () => Promise<T>): Promise<T | { ok: false; problem: Problem }> {
  try {
    return await work();
  } catch (error) {
    if ((error instanceof OperationError && error.defect === undefined) || error instanceof NotTrustedError)
      return failed(problemOf(error));
    throw error;
  }
}

async function closeOpened({ workspace, inspector, store, runs }: Opened): Promise<void> {
  workspace.close();
  inspector.close();
  await runs.close();
  await store.close();
}

function versionOfPackage(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : '';
  } catch {
    // Packaged otherwise: the shell says it.
    return '';
  }
}
