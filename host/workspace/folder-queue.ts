import path from 'node:path';
import { QueueError } from '../../engine/remote/queue-error.ts';
import {
  queueOfFolder,
  queueSettings,
  type NamedQueue,
  type QueueEnvironment,
  type QueueSettings,
} from '../../engine/remote/queue-settings.ts';
import { settingsFileOf } from '../../engine/remote/workspace-queue.ts';
import type { OfferedQueue } from '../runs/run-queue.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { FolderEvents } from './folder-events.ts';

/** What a Studio knows of queues when it starts. */
export interface LaunchQueues {
  /** The one that it was started with, for all folders. @default There is none */
  readonly chosen: QueueSettings | undefined;
  /** What it takes to use one that a folder names. */
  readonly environment: QueueEnvironment;
}

export interface FolderQueueOptions {
  readonly guard: Pick<FolderGuard, 'folder' | 'isTrusted'>;
  /** @default There is no queue, whatever the folder says */
  readonly queues: LaunchQueues | undefined;
  /** What the folder says has changed. */
  readonly onChange: () => void;
}

/**
 * The queue of the open folder: the one that the Studio was started with, or else the one that the folder's settings
 * name. What a folder says is read while it is trusted, and only offers: its runs stay on this machine until a person
 * chooses its queue.
 */
export class FolderQueue {
  readonly #options: FolderQueueOptions;
  readonly #events: FolderEvents | undefined;
  #known: string;

  constructor(options: FolderQueueOptions) {
    this.#options = options;
    this.#known = this.#mark();
    const { guard, queues } = options;
    if (!queues || queues.chosen) return;
    this.#events = new FolderEvents(() => this.#look());
    this.#events.watch(path.dirname(settingsFileOf(guard.folder)));
  }

  get offered(): OfferedQueue | undefined {
    const { queues } = this.#options;
    if (queues?.chosen) return { named: queues.chosen, settings: queues.chosen, isDefault: true };
    const named = this.#read();
    if (!queues || !named || named instanceof QueueError) return undefined;
    try {
      return { named, settings: queueSettings(named, queues.environment), isDefault: false };
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      // The environment of this program does not change any more.
      const message = `To use it, start Cronflow Studio again with what is missing. ${error.message}`;
      const problem = { name: error.name, message };
      return { named, problem, isDefault: false };
    }
  }

  /** Why what the folder says cannot be meant; undefined when it can, or says nothing. */
  get notice(): string | undefined {
    const read = this.#read();
    return read instanceof QueueError ? `No queue is offered: ${read.message}` : undefined;
  }

  close(): void {
    this.#events?.close();
  }

  #read(): NamedQueue | QueueError | undefined {
    const { guard, queues } = this.#options;
    if (!guard.isTrusted || !queues || queues.chosen) return undefined;
    try {
      return queueOfFolder(guard.folder);
    } catch (error) {
      if (error instanceof QueueError) return error;
      throw error;
    }
  }

  #look(): void {
    const mark = this.#mark();
    if (mark === this.#known) return;
    this.#known = mark;
    this.#options.onChange();
  }

  #mark(): string {
    const read = this.#read();
    return read instanceof QueueError ? read.message : JSON.stringify(read ?? '');
  }
}
