import path from 'node:path';
import { sourcesHaveChanged } from '../engine/load/code-changes.ts';
import { startRunner } from '../engine/runner/parent.ts';
import { checkItems, type CheckEnd, type CheckOutcome, type ItemToCheck } from '../engine/runner/probe/check-items.ts';
import type { StoredHash } from '../engine/load/code-changes.ts';
import { FolderEvents } from '../host/workspace/folder-events.ts';

export interface WatchOptions {
  readonly store: string;
  readonly run: number;
  /** Where the workflow file is now, if it was moved. */
  readonly file: string | undefined;
  /** The files that the run was executed from. */
  readonly sources: readonly StoredHash[];
  readonly items: readonly ItemToCheck[];
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly mayExecute: () => Promise<boolean>;
  /** It waits for a save from now on. */
  readonly onWatching: () => void;
  readonly onChecked: (item: ItemToCheck, outcome: CheckOutcome) => void;
  /** All have been tried with what was saved, or that was refused. */
  readonly onEnd: (end: CheckEnd) => void;
}

/** Tries the items with the new code each time one of the files is saved, until it is stopped. */
export async function watchItems(options: WatchOptions): Promise<void> {
  const { sources, file, signal } = options;
  const files = file === undefined ? sources.map(source => source.path) : [file, ...sources.map(source => source.path)];
  const ended = Promise.withResolvers<void>();
  let latest = files.map(() => '');
  let checking: AbortController | undefined;
  let turn: Promise<void> = Promise.resolve();
  const check = async (): Promise<void> => {
    const now = await sourcesHaveChanged(files, latest);
    if (!now || signal.aborted) return;
    latest = now;
    checking?.abort();
    const own = new AbortController();
    checking = own;
    turn = turn.then(() => checkNow(options, own.signal));
    await turn;
  };
  latest = (await sourcesHaveChanged(files, latest)) ?? latest;
  const events = new FolderEvents(() => void check().catch((error: unknown) => ended.reject(error)));
  for (const folder of new Set(files.map(one => path.dirname(one)))) events.watch(folder);
  // The watchers alone do not keep this process alive.
  const alive = setInterval(() => undefined, 60_000);
  signal.addEventListener('abort', () => ended.resolve());
  options.onWatching();
  try {
    await ended.promise;
  } finally {
    clearInterval(alive);
    events.close();
    checking?.abort();
    await turn;
  }
}

async function checkNow({ store, run, file, items, mayExecute, onChecked, onEnd }: WatchOptions, signal: AbortSignal) {
  if (signal.aborted) return;
  const end = await checkItems({ store, run, file, items, start: startRunner, signal, mayExecute, onChecked });
  if (end.kind !== 'stopped') onEnd(end);
}
