import { realpath } from 'node:fs/promises';
import type { Args, Problem, Result, RunItem, Workspace as ShownWorkspace } from '../api/api.ts';
import { failed, problemOf, stateProblem, succeeded, tried, type Failed } from '../api/outcomes.ts';
import type { Pages } from '../api/pages.ts';
import { NotTrustedError } from '../trust/folder-guard.ts';
import type { FolderTrust } from '../trust/folder-trust.ts';
import { closeRuns, type OpenRunsOptions } from './open-runs.ts';
import { closeWorkspace, openWorkspace, withOtherRuns, type OpenWorkspace } from './open-workspace.ts';
import type { Launch } from '../triggers/open-triggers.ts';
import type { LaunchQueues } from './folder-queue.ts';
import type { SettingsOfFolders } from './folder-settings.ts';
import { shownQueue } from '../runs/run-queue.ts';
import type { Recents } from './recents.ts';

export interface OpenOptions {
  /** Trusts the folder until this host is closed, without a question: `--trust`. */
  readonly trustForThisLaunch?: boolean | undefined;
  /** The store of runs, where it is not the project's own: `--store`. */
  readonly store?: string | undefined;
  /** The triggers of the folder fire until it is closed: `--triggers`. */
  readonly fires?: boolean | undefined;
}

export interface WorkspaceSessionOptions {
  readonly recents: Recents;
  readonly trust: FolderTrust;
  readonly settings: SettingsOfFolders;
  readonly pages: Pages;
  readonly killAfterMs?: number | undefined;
  /** Over which workers on other machines are found. */
  readonly queues?: LaunchQueues | undefined;
  readonly onError: (error: unknown) => void;
}

const NO_DEMO = stateProblem('No demo is shown, so there is nothing to reset.');
const CLOSING: Problem = { name: 'ClosedError', message: 'Cronflow Studio is closing.' };

/** Which folder is open, and whether this person trusts it. One folder is open at a time. */
export class WorkspaceSession {
  readonly #options: WorkspaceSessionOptions;
  #current: OpenWorkspace | undefined;
  #launch: Launch = { fires: false, webhooksAt: undefined };
  /** The store that was named for the open folder. */
  #named: string | undefined;
  #opening: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: WorkspaceSessionOptions) {
    this.#options = options;
  }

  /** What this launch was asked for of the open folder. Another folder has another one. */
  get launch(): Launch {
    return this.#launch;
  }

  get current(): OpenWorkspace {
    if (!this.#current) throw new Error('No folder has been opened yet.');
    return this.#current;
  }

  /** The runs that closing the folder would interrupt. */
  liveRuns(): RunItem[] {
    return this.#current?.runs.live() ?? [];
  }

  shown(): ShownWorkspace {
    const { workspace, queue, isDemo } = this.current;
    const { offered, notice } = queue;
    const { notices = [], ...shown } = workspace.shown();
    const all = notice === undefined ? notices : [...notices, notice];
    return {
      ...shown,
      ...(all.length > 0 && { notices: all }),
      ...(isDemo && { demo: true }),
      // A demo is executed by one process.
      ...(offered && !isDemo && { queue: shownQueue(offered) }),
      recent: this.#options.recents.list(),
    };
  }

  /** Opens the first folder. @throws when it cannot be opened */
  async begin(folder: string, { trustForThisLaunch = false, store, fires = false }: OpenOptions = {}): Promise<void> {
    this.#launch = { fires, webhooksAt: undefined };
    if (trustForThisLaunch) this.#options.trust.trustForThisLaunch(await realpath(folder));
    const { recents, trust, queues } = this.#options;
    this.#current = await openWorkspace(folder, {
      ...this.#runsOptions(store, false),
      trust,
      queues,
      onChange: changed => {
        if (this.#current?.workspace === changed) this.#tell();
      },
      // Files may be saved before there is anything to check.
      onSaved: files => void this.#current?.checks.saved(files),
    });
    this.#named = store;
    recents.note(this.#current.workspace.folder);
  }

  #runsOptions(store: string | undefined, isDemo: boolean): OpenRunsOptions {
    const { settings, pages, killAfterMs, onError } = this.#options;
    return { store, isDemo, launch: this.#launch, settings, pages, killAfterMs, onError };
  }

  /** Closes the open folder and opens another. */
  open(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>> {
    return this.#inTurn(() => this.#openNow(folder, options));
  }

  /**
   * One after the other: two at the same time would both replace the same folder, and one of the new ones would never be
   * closed.
   */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#opening.then(work);
    this.#opening = done.catch(() => undefined);
    return done;
  }

  /** The demos of the open folder in the place of its runs, or its runs again. */
  async #switch(toDemos: boolean): Promise<void> {
    const before = this.current;
    this.#current = withOtherRuns(before, this.#runsOptions(this.#named, toDemos));
    this.#options.pages.unwatchAll();
    await closeRuns(before);
    this.#tell();
  }

  /** Shows the demos of the open folder, and starts one. */
  startDemo({ file, workflow }: Args<'startDemo'>): Promise<Result<'startDemo'>> {
    return this.#inTurn(async () => {
      if (this.#isClosed) return failed(CLOSING);
      const refusal = this.current.guard.refusal();
      if (refusal) return failed(refusal);
      const found = this.current.workspace.workflowFile(file);
      if (found === undefined)
        return failed({ name: 'ChoiceError', message: `There is no workflow file ${file} in this workspace.` });
      const isFirst = !this.current.isDemo;
      const obstacle = isFirst ? this.#obstacle('you start a demo') : undefined;
      if (obstacle !== undefined) return failed({ name: 'WorkspaceError', message: obstacle });
      if (isFirst) await this.#switch(true);
      const started = await this.current.runs.startDemo(found, workflow);
      if (!started.ok && isFirst) await this.#switch(false);
      return started;
    });
  }

  /** Deletes the demos that are shown. One that is asked for meanwhile starts when that is done. */
  resetDemo(): Promise<Result<'resetDemo'>> {
    return this.#inTurn(async () => {
      if (this.#isClosed) return failed(CLOSING);
      const { isDemo, runs } = this.current;
      return isDemo ? await tried(() => runs.deleteDemos()) : failed(NO_DEMO);
    });
  }

  /** Shows the runs of the folder again. */
  leaveDemo(): Promise<Result<'leaveDemo'>> {
    return this.#inTurn(async () => {
      if (this.#isClosed) return failed(CLOSING);
      if (this.current.isDemo) await this.#switch(false);
      return succeeded(this.shown());
    });
  }

  async openRecent(token: string): Promise<Result<'openRecent'>> {
    const folder = this.#options.recents.folderOf(token);
    return folder === undefined
      ? failed({ name: 'WorkspaceError', message: 'That folder is not among those opened before.' })
      : await this.open(folder);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening;
    if (this.#current) await closeWorkspace(this.#current);
  }

  /** Does what executes code of the folder, or writes into it, if the folder is trusted. */
  async whenTrusted<T>(work: (opened: OpenWorkspace) => Promise<T>): Promise<T | Failed> {
    const opened = this.current;
    const refusal = opened.guard.refusal();
    return refusal ? failed(refusal) : await tried(() => work(opened));
  }

  async trustFolder(question: string): Promise<Result<'trustFolder'>> {
    const { guard } = this.current;
    try {
      await guard.accept(question);
    } catch (error) {
      if (error instanceof NotTrustedError) return failed(problemOf(error));
      return failed({
        name: 'TrustError',
        message:
          `The answer cannot be stored, so the folder is still not trusted: ${problemOf(error).message} To trust it ` +
          `for one launch, start Cronflow with --trust.`,
      });
    }
    return this.#trustHasChanged();
  }

  async distrustFolder(): Promise<Result<'distrustFolder'>> {
    const { guard, runs } = this.current;
    if (this.liveRuns().length > 0 || runs.pending !== undefined)
      return failed({
        name: 'TrustError',
        message: 'Runs of this folder are still running. Wait for them or pause them, then try again.',
      });
    let because: string | undefined;
    try {
      because = await this.#options.trust.forget(guard.folder);
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

  async #openNow(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>> {
    if (this.#isClosed) return failed(CLOSING);
    if (
      options?.trustForThisLaunch &&
      options.store === this.#named &&
      (await realpath(folder).catch(() => undefined)) === this.current.guard.folder
    )
      return await this.#trustOpenFolder();
    const obstacle = this.#obstacle('you open another folder');
    if (obstacle !== undefined) return failed({ name: 'WorkspaceError', message: obstacle });
    const before = this.#current;
    try {
      await this.begin(folder, options);
    } catch (error) {
      return failed({ name: 'WorkspaceError', message: `The folder could not be opened: ${problemOf(error).message}` });
    }
    this.#options.pages.unwatchAll();
    if (before) await closeWorkspace(before);
    this.#tell();
    return succeeded(this.shown());
  }

  /** Why another folder cannot be opened now; undefined when it can. */
  #obstacle(before: string): string | undefined {
    const live = this.liveRuns().length;
    if (live === 1) return `A run is still running in this workspace. Wait for it, or pause it, before ${before}.`;
    if (live > 1)
      return `${live} runs are still running in this workspace. Wait for them, or pause them, before ${before}.`;
    return this.#current?.runs.pending;
  }

  /**
   * A second launch of the app names the folder that is open, with `--trust`. The folder stays open, and so its runs
   * continue.
   */
  async #trustOpenFolder(): Promise<Result<'openRecent'>> {
    const { guard } = this.current;
    this.#options.trust.trustForThisLaunch(guard.folder);
    if (guard.isTrusted) return succeeded(this.shown());
    await guard.renew();
    return this.#trustHasChanged();
  }

  #trustHasChanged(): { ok: true; value: ShownWorkspace } {
    this.current.workspace.trustChanged();
    this.#tell();
    return succeeded(this.shown());
  }

  #tell(): void {
    this.#options.pages.noteWorkspace(this.shown());
  }
}
