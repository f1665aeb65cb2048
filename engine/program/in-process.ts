import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { countsOf } from '../../common/run-summary.ts';
import { startRun } from '../run/execute.ts';
import type { Definition } from '../workflow/nodes.ts';
import { RunRefused, type Work } from './handle.ts';
import type { OpenedStore } from './opened-store.ts';
import { resultOf } from './result.ts';
import type { RunEvent } from './types.ts';

const PROGRESS_EVERY_MS = 100;

/** Executes a workflow in this process. @throws RunRefused */
export async function inThisProcess(
  store: OpenedStore,
  definition: Definition,
  payload: unknown,
  tell: (event: RunEvent) => void,
): Promise<Work> {
  const file = definition.at?.file ?? '';
  const begun = await startRun(
    {
      db: store.db,
      storeFile: store.file,
      definition,
      code: codeOf(file),
      onLog: ({ at, level, text }, by) =>
        tell({ type: 'log', at, level, text, step: by?.path, batch: by?.scopeOf.batch?.index }),
    },
    file,
    payload,
  ).catch((error: unknown) => {
    throw error instanceof Error ? new RunRefused(error) : error;
  });
  tell({ type: 'started', run: begun.id, workflow: definition.id });
  const tellProgress = () => {
    const { items, batches, nodes } = countsOf(begun.run.progress.values());
    tell({ type: 'progress', items, batches, nodes });
  };
  const timer = setInterval(tellProgress, PROGRESS_EVERY_MS).unref();
  const done = begun.done.then(resultOf).finally(() => {
    clearInterval(timer);
    tellProgress();
  });
  return { run: begun.id, stop: (as, reason) => begun.run.stopping.request({ as, reason }), done };
}

/** The file of the workflow; what that imports, this process has loaded by itself. */
function codeOf(file: string) {
  const text = file === '' ? '' : readFileSync(file, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  return { hash, sources: file === '' ? [] : [{ path: file, hash, text }] };
}
