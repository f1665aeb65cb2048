import { EventEmitter } from 'node:events';
import { dispatch } from '../../host/store/dispatch.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import type { StoreThread } from '../../host/store/store.ts';
import type { Request, ThreadData } from '../../host/store/thread.ts';

/**
 * Answers what a store is asked as its thread does, after a turn of the event loop, and in the test's own thread: starting
 * one takes longer than most tests. test/host/queries.test.ts has the store with its real threads.
 */
export function inThisThread({ file, folder, isNamed }: ThreadData): StoreThread {
  const events = new EventEmitter();
  const connection = new StoreConnection(file, folder, isNamed);
  return {
    postMessage: ({ name, args }: Request) =>
      void setImmediate(() =>
        events.emit('message', structuredClone(dispatch(connection, name, structuredClone(args)))),
      ),
    on: (event: string, listener: (value: never) => void) => events.on(event, listener as (value: unknown) => void),
    terminate: () => {
      events.removeAllListeners();
      connection.close();
      return Promise.resolve();
    },
  };
}
