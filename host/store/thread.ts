import { parentPort, workerData } from 'node:worker_threads';
import { StoreConnection } from './store-connection.ts';
import type { OperationName } from './operations.ts';
import { dispatch } from './dispatch.ts';

/*
 * The thread in which a store is read. SQLite answers at once or not at all: here it can take its time, and wait for
 * locks, without anything in the host's own thread waiting with it.
 */

export interface ThreadData {
  readonly file: string;
  readonly folder: string;
  readonly isNamed: boolean;
}

export interface Request {
  readonly name: OperationName;
  readonly args: unknown;
}

const port = parentPort;
if (!port) throw new Error('This file is a thread of the host: it is not run by itself.');
const { file, folder, isNamed } = workerData as ThreadData;
const store = new StoreConnection(file, folder, isNamed);

port.on('message', ({ name, args }: Request) => {
  const answer = dispatch(store, name, args);
  port.postMessage(answer, answer.ok ? buffersIn(answer.value) : []);
});

/** Large arrays are handed over, not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [
    'values',
    'html',
    'maps',
    'bands',
    'statuses',
    'running',
    'failed',
    'starts',
    'ends',
    'scopes',
    'ids',
    'mixed',
  ].flatMap(key => {
    const held: unknown = Reflect.get(value, key);
    return Array.isArray(held) ? held.flatMap(buffersIn) : buffersIn(held);
  });
}
