import { readFileSync } from 'node:fs';
import { countsOf } from '../../common/run-summary.ts';
import { RunExistsError, startOnce } from '../run/start-once.ts';
import { sha256 } from '../sha256.ts';
import { openTelemetryOf } from '../runner/opentelemetry.ts';
import type { Definition } from '../workflow/nodes.ts';
import type { OtherWorkflow } from '../run/execute.ts';
import { definitionById } from '../workflow/registry.ts';
import { existingRun } from './existing-run.ts';
import { RunRefused, type Work } from './handle.ts';
import type { OpenedStore } from './opened-store.ts';
import { resultOf, startedEvent } from './result.ts';
import type { RunEvent, RunOptions } from './types.ts';

const PROGRESS_EVERY_MS = 100;

/** Executes a workflow in this process. @throws RunRefused */
export async function inThisProcess(
  store: OpenedStore,
  definition: Definition,
  { payload = {}, key, cache }: Pick<RunOptions, 'payload' | 'key' | 'cache'>,
  tell: (event: RunEvent) => void,
): Promise<Work> {
  const file = definition.at?.file ?? '';
  const begun = await startOnce(
    {
      db: store.db,
      storeFile: store.file,
      definition,
      code: codeOf(file),
      telemetry: openTelemetryOf(file),
      otherWorkflow,
      readsCache: cache,
      onLog: ({ at, level, text }, by) =>
        tell({ type: 'log', at, level, text, step: by?.path, batch: by?.scopeOf.batch?.index, part: by?.part }),
    },
    file,
    payload,
    key,
  ).catch((error: unknown) => {
    if (error instanceof RunExistsError) return error;
    throw error instanceof Error ? new RunRefused(error) : error;
  });
  if (begun instanceof RunExistsError) return existingRun(store, begun.run, tell);
  tell(startedEvent(begun.id, definition.id, begun.isResumed));
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

/** One that this process has defined. */
function otherWorkflow(id: string): OtherWorkflow | undefined {
  const other = definitionById(id);
  return other && { definition: other, file: other.at?.file ?? '' };
}

/** The file of the workflow; what that imports, this process has loaded by itself. */
function codeOf(file: string) {
  const text = file === '' ? '' : readFileSync(file, 'utf8');
  const hash = sha256(text);
  return { hash, sources: file === '' ? [] : [{ path: file, hash, text }] };
}
