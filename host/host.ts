import type { Result, RunItem, StudioApi } from './api/api.ts';
import { guarded } from './api/boundary.ts';
import { implementation } from './api/implementation/implementation.ts';
import type { Listener } from './api/outbox.ts';
import { Pages } from './api/pages.ts';
import { packageVersion } from './api/implementation/package-version.ts';
import type { Triggers } from './triggers/triggers.ts';
import { FolderTrust } from './trust/folder-trust.ts';
import type { LaunchQueues } from './workspace/folder-queue.ts';
import { SettingsOfFolders } from './workspace/folder-settings.ts';
import type { StoreMetrics } from './store/metrics.ts';
import { Recents } from './workspace/recents.ts';
import { WorkspaceSession, type OpenOptions } from './workspace/workspace-session.ts';

export type { OpenOptions } from './workspace/workspace-session.ts';

export interface HostOptions extends OpenOptions {
  /** The folder to open first. */
  readonly folder: string;
  readonly shell: 'electron' | 'browser';
  /** Where the app stores what belongs to no workspace. Without it, nothing is stored. */
  readonly dataFolder?: string | undefined;
  /** The app's version. @default that of this package */
  readonly version?: string | undefined;
  /** Receives a defect of ours, for the app's log. @default standard error */
  readonly onDefect?: ((error: unknown) => void) | undefined;
  /** How long a run may take to stop before its process is killed. @default 8000 */
  readonly killAfterMs?: number | undefined;
  /** Over which workers on other machines are found. @default Each run is executed by this machine alone */
  readonly queues?: LaunchQueues | undefined;
}

/** One page's connection to the host. Which runs it watches is its own business. */
export interface HostConnection {
  readonly api: StudioApi;
  /** Stops watching, and sends nothing any more. */
  close(): void;
}

/** The app's back half, the same for every shell. */
export interface Host {
  /** For code in this process. What it watches goes to the listeners that have subscribed. */
  readonly api: StudioApi;
  subscribe(listener: Listener): () => void;
  /** For a page. @param isBehind Whether the page has so much left to receive that it gets nothing new for now */
  open(listener: Listener, isBehind?: () => boolean): HostConnection;
  /** Opens another folder, which a person has chosen in a dialog of the shell. */
  openFolder(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>>;
  readonly version: string;
  /** What those are told who watch this server. */
  metrics(): Promise<StoreMetrics>;
  /** Rejects where the store cannot be read. */
  checkHealth(): Promise<void>;
  /** The webhooks of the folder that was opened first, for whoever listens. `url` is where. */
  listensForWebhooks(url: string): Pick<Triggers, 'webhook' | 'receive'>;
  /** The runs that closing would interrupt. */
  hasLiveRuns(): RunItem[];
  /** Stops the runs, to be resumed later, and ends every process and thread that the host has started. */
  close(): Promise<void>;
}

/** @throws when the folder cannot be opened */
export async function createHost(options: HostOptions): Promise<Host> {
  const { dataFolder } = options;
  const host = new StudioHost(options, await Recents.read(dataFolder), await SettingsOfFolders.read(dataFolder));
  await host.begin(options.folder, options);
  return host;
}

class StudioHost implements Host {
  readonly api: StudioApi;
  readonly #options: HostOptions;
  readonly #pages = new Pages();
  readonly #session: WorkspaceSession;
  readonly #subscribers = new Set<Listener>();
  #closing: Promise<void> | undefined;

  constructor(options: HostOptions, recents: Recents, settings: SettingsOfFolders) {
    this.#options = options;
    this.#session = new WorkspaceSession({
      recents,
      trust: new FolderTrust(options.dataFolder),
      settings,
      pages: this.#pages,
      killAfterMs: options.killAfterMs,
      queues: options.queues,
      onError: error => this.#noteDefect(error),
    });
    this.api = this.open((event, payload) =>
      Promise.allSettled([...this.#subscribers].map(async subscriber => await subscriber(event, payload))),
    ).api;
  }

  async begin(folder: string, options: OpenOptions): Promise<void> {
    await this.#session.begin(folder, options);
  }

  subscribe(listener: Listener): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  open(listener: Listener, isBehind?: () => boolean): HostConnection {
    const { shell } = this.#options;
    const { version } = this;
    const outbox = this.#pages.add(listener, isBehind);
    const methods = implementation(this.#session, outbox, { shell, version });
    return {
      api: guarded(methods, error => this.#noteDefect(error)),
      close: () => this.#pages.remove(outbox),
    };
  }

  openFolder(folder: string, options?: OpenOptions): Promise<Result<'openRecent'>> {
    return this.#session.open(folder, options);
  }

  get version(): string {
    return this.#options.version ?? packageVersion();
  }

  metrics(): Promise<StoreMetrics> {
    return this.#session.current.store.do('metrics', undefined);
  }

  checkHealth(): Promise<void> {
    return this.#session.current.store.do('health', undefined);
  }

  listensForWebhooks(url: string): Pick<Triggers, 'webhook' | 'receive'> {
    const { launch } = this.#session;
    launch.webhooksAt = url;
    // Another folder that is opened later has not been asked to listen, and demos are no runs.
    const triggers = () => (this.#session.launch === launch ? this.#session.current.triggers.triggers : undefined);
    return {
      webhook: (path, method) => triggers()?.webhook(path, method),
      receive: async (declared, payload, key) =>
        (await triggers()?.receive(declared, payload, key)) ?? {
          ok: false,
          problem: { name: 'ClosedError', message: 'The folder has been closed.' },
        },
    };
  }

  hasLiveRuns(): RunItem[] {
    return this.#session.liveRuns();
  }

  close(): Promise<void> {
    this.#closing ??= this.#session.close().then(() => this.#pages.close());
    return this.#closing;
  }

  /** While the host is closing, calls fail because their store is gone: that is no defect. */
  #noteDefect(error: unknown): void {
    if (this.#closing) return;
    if (this.#options.onDefect) this.#options.onDefect(error);
    else console.error('Cronflow:', error instanceof Error && 'defect' in error ? error.defect : error);
  }
}
