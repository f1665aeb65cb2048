import { parentPort, workerData } from 'node:worker_threads';
import { RerunError } from '../../engine/run/rerun.ts';
import { NotDataError } from '../../engine/store/codec.ts';
import { RunTakenError } from '../../engine/store/leases.ts';
import { StoreError, storeError } from '../../engine/store/open.ts';
import { Access, NoRunError, RunStateError } from './access.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

/*
 * The thread in which a store is read. SQLite answers at once or not at all: here it can take its time, and wait for
 * locks, without anything in the host's own thread waiting with it.
 */

export interface ThreadData {
  readonly file: string;
  readonly folder: string;
}

export interface Request {
  readonly name: OperationName;
  readonly args: unknown;
}

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  /** `defect` is where in our own code an error came from that nobody foresaw. */
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string; readonly defect?: string | undefined } };

/** Errors whose message is meant to be read by people. */
const FORESEEN = [StoreError, RunTakenError, RerunError, NotDataError, NoRunError, RunStateError];

const port = parentPort;
if (!port) throw new Error('This file is a thread of the host: it is not run by itself.');
const { file, folder } = workerData as ThreadData;
const store = new Access(file, folder);

port.on('message', ({ name, args }: Request) => {
  const answer = perform(name, args);
  port.postMessage(answer, answer.ok ? buffersIn(answer.value) : []);
});

function perform(name: OperationName, args: unknown): Answer {
  try {
    return { ok: true, value: (OPERATIONS[name] as (store: Access, args: unknown) => unknown)(store, args) };
  } catch (error) {
    const explained = storeError(file, error);
    const { name, message, stack } = explained instanceof Error ? explained : new Error(String(explained));
    const foreseen = FORESEEN.some(kind => explained instanceof kind);
    return { ok: false, error: { name, message, ...(!foreseen && { defect: stack ?? message }) } };
  }
}

/** Large arrays are handed over, not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return ['values', 'maps', 'bands', 'statuses', 'running', 'failed', 'starts', 'ends'].flatMap(key => {
    const held: unknown = Reflect.get(value, key);
    return Array.isArray(held) ? held.flatMap(buffersIn) : buffersIn(held);
  });
}
