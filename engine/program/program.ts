import path from 'node:path';
import { systemClock } from '../run/clock.ts';
import { cancelRun } from '../runner/cancel-run.ts';
import { encode } from '../store/codec.ts';
import { requireRun } from '../store/runs.ts';
import { storedSummary } from '../store/stored-summary.ts';
import { describeValue } from '../workflow/errors.ts';
import { definitionOf } from '../workflow/registry.ts';
import { checkBatches, checkOptions, checkRunNumber } from './check-options.ts';
import { RunRefused, type Work } from './handle.ts';
import { inThisProcess } from './in-process.ts';
import { OpenedStore } from './opened-store.ts';
import { inOwnProcess } from './own-process.ts';
import { resultOf } from './result.ts';
import type {
  DefinedWorkflow,
  RerunOptions,
  ResumeOptions,
  RunEvent,
  RunOptions,
  RunResult,
  RunStore,
} from './types.ts';

/* What `run`, `resume`, `rerun` and `cancel` do. It is loaded with the first of them: a workflow's file needs none of it. */

type Tell = (event: RunEvent) => void;

export function open(file: string): RunStore {
  if (typeof file !== 'string' || file === '')
    throw new TypeError(
      `openStore() is given ${describeValue(file)}. It is the path of the file that runs are stored in.`,
    );
  return new OpenedStore(file);
}

export async function start(workflow: DefinedWorkflow | string, options: RunOptions, tell: Tell): Promise<Work> {
  checkOptions('run', options);
  const store = OpenedStore.of(options.store);
  if (typeof workflow === 'string') {
    if (options.inProcess)
      throw new RunRefused({
        name: 'ChoiceError',
        message: 'inProcess needs the workflow itself: import it from its file, and give that instead of the path.',
      });
    const file = path.resolve(workflow);
    return await store.takes(inOwnProcess(store, taskOf(store, file, options.workflow, options), tell));
  }
  const definition = definitionOf(workflow);
  if (!definition)
    throw new RunRefused({
      name: 'ChoiceError',
      message: 'This is no workflow: give what cronflow.define(…) and its steps have given, or the path of a file.',
    });
  if (options.inProcess) return await store.takes(inThisProcess(store, definition, options, tell));
  const file = definition.at?.file;
  if (file === undefined)
    throw new RunRefused({
      name: 'ChoiceError',
      message: `Nobody knows which file workflow "${definition.id}" is in, so no other process can execute it. Use inProcess: true.`,
    });
  return await store.takes(inOwnProcess(store, taskOf(store, file, definition.id, options), tell));
}

function taskOf(
  store: OpenedStore,
  file: string,
  workflow: string | undefined,
  { payload = {}, key, cache }: Pick<RunOptions, 'payload' | 'key' | 'cache'>,
) {
  const noCache = cache === false;
  return {
    kind: 'start' as const,
    file,
    workflow,
    store: store.file,
    payload: encode(payload, 'payload'),
    key,
    noCache,
  };
}

export function resume(run: number, options: ResumeOptions, tell: Tell): Promise<Work> {
  checkRunNumber('resume', run);
  checkOptions('resume', options);
  const { store, file } = options;
  const opened = OpenedStore.of(store);
  return opened.takes(
    inOwnProcess(opened, { kind: 'resume', run, store: opened.file, file: file && path.resolve(file) }, tell),
  );
}

export function rerun(run: number, options: RerunOptions, tell: Tell): Promise<Work> {
  checkRunNumber('rerun', run);
  checkOptions('rerun', options);
  const { store, file, batches = 'failed', node, fromStart } = options;
  checkBatches(batches);
  const opened = OpenedStore.of(store);
  const request = { batches, node, fromStart };
  return opened.takes(
    inOwnProcess(opened, { kind: 'rerun', run, store: opened.file, file: file && path.resolve(file), request }, tell),
  );
}

export async function cancel(run: number, options: { readonly store: RunStore }): Promise<RunResult> {
  checkRunNumber('cancel', run);
  checkOptions('cancel', options);
  const { db } = OpenedStore.of(options.store);
  await cancelRun(db, run, 'a program has cancelled it');
  return resultOf(storedSummary(db, requireRun(db, run), systemClock.now()));
}
