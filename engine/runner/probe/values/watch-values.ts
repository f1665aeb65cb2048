import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ownFile } from '../../../own-file.ts';
import type { LineValue } from '../../../run/probe/answer.ts';

/** The author's files, by the addresses that the debugger knows them by. */
export interface WatchedFiles {
  readonly urls: readonly string[];
}

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'values'; readonly values: readonly LineValue[] };

/** What executes something, and the values on the line of the author's files that threw last. */
export async function withValues<T>(
  files: readonly string[],
  execute: () => Promise<T>,
): Promise<{ readonly result: T; readonly values: readonly LineValue[] }> {
  const urls = files.map(file => pathToFileURL(file).href);
  const thread = new Worker(ownFile('engine/runner/probe/values/values-thread'), {
    workerData: { urls } satisfies WatchedFiles,
    execArgv: [],
    name: 'cronflow-values',
  });
  const next = async (): Promise<FromThread> =>
    await new Promise((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
  try {
    await next();
    const result = await execute();
    const answer = next();
    thread.postMessage('values', []);
    const message = await answer;
    return { result, values: message.type === 'values' ? message.values : [] };
  } finally {
    await thread.terminate();
  }
}
