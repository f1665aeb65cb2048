import path from 'node:path';
import { NEXT } from '../../common/next-steps.ts';
import { told, ToldError } from '../../common/told.ts';
import { storeOfProject } from '../store/own-store.ts';
import { describeValue } from '../workflow/errors.ts';
import { allDefinitions, definitionById } from '../workflow/registry.ts';
import { engineState } from './engine-state.ts';
import { handleOf } from './handle.ts';
import { inspectionOf } from './inspection.ts';
import { OpenedStore } from './opened-store.ts';
import { cancel, start } from './program.ts';
import type { RunHandle, RunInspection, StartOptions } from './types.ts';

/*
 * What `cronflow.start`, `trigger`, `inspect`, `cancelRun` and `stop` do in a program of the author's: the workflows that it has defined
 * are executed in its own process, with what it has loaded and connected, and stored in the store of its project.
 */

let store: OpenedStore | undefined;
const running = new Set<RunHandle>();

/** @param caller The file that calls: it says which project it is. */
export async function startEngine(options: StartOptions, caller: string | undefined): Promise<void> {
  const { store: named } = options;
  if (named === undefined) opened(caller);
  else if (store === undefined) open(named);
  else if (store.file !== path.resolve(named))
    throw new Error(
      `cronflow has been started with the store ${store.file} already. Stop it first: await cronflow.stop().`,
    );
  warnOfTriggers();
}

/** Nothing listens here for what would start runs by itself, and nothing else would say so. */
function warnOfTriggers(): void {
  for (const { id, triggers } of allDefinitions()) {
    const others = triggers
      .filter(({ kind }) => kind !== 'manual')
      .map(({ kind, on }) => `${kind} ${describeValue(on)}`);
    if (others.length > 0)
      process.emitWarning(
        `Workflow ${describeValue(id)} is not started by its ${others.join(' and ')} in this program. Start it with ` +
          `cronflow.trigger(${describeValue(id)}, payload).`,
        'CronflowWarning',
      );
  }
}

/** Starts a run, and gives its number once it is stored. Whatever becomes of the run then is found there. */
export async function trigger(id: string, payload: unknown): Promise<string> {
  const definition = definitionById(id);
  if (!definition)
    throw notFound(
      'Workflow',
      id,
      allDefinitions().map(known => known.id),
    );
  const db = opened(definition.at?.file);
  const handle = handleOf(tell => start(definition.flow, { store: db, payload, inProcess: true }, tell), undefined);
  running.add(handle);
  handle.then(
    () => running.delete(handle),
    (error: unknown) => {
      running.delete(handle);
      // What did not begin is told to who has called this; nobody waits for what went wrong later.
      void handle.started.then(
        run => console.error(`Run ${run} of workflow ${describeValue(id)} cannot go on:`, error),
        () => undefined,
      );
    },
  );
  return String(await handle.started);
}

export async function inspect(id: string, caller: string | undefined): Promise<RunInspection> {
  const { db } = opened(caller);
  const inspection = isRunNumber(id) ? inspectionOf(db, Number(id)) : undefined;
  if (inspection) return inspection;
  throw new ToldError(told`Run ${describeValue(id)} not found. ${NEXT.listRuns}`);
}

export async function cancelRun(id: string, caller: string | undefined): Promise<void> {
  const of = opened(caller);
  if (!isRunNumber(id)) throw new ToldError(told`Run ${describeValue(id)} not found. ${NEXT.listRuns}`);
  await cancel(Number(id), { store: of });
}

/** Waits for the runs of this process, and closes the store. */
export async function stopEngine(): Promise<void> {
  await Promise.allSettled(running);
  const closing = store;
  store = undefined;
  engineState.isStarted = false;
  await closing?.close();
}

function open(file: string): OpenedStore {
  store = new OpenedStore(file);
  engineState.isStarted = true;
  return store;
}

export function opened(file: string | undefined): OpenedStore {
  return store ?? open(storeOfProject(file ?? path.join(process.cwd(), 'program')));
}

function isRunNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

function notFound(what: string, id: string, known: readonly string[]): Error {
  const others =
    known.length === 0 ? 'This program has defined none.' : `Defined are ${known.map(describeValue).join(', ')}.`;
  return new Error(`${what} ${describeValue(id)} not found. ${others}`);
}
