import type { Abortable } from './abort-registry.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';

/**
 * Resolves when everything that has been written is durable. Await it before any code of the author's runs. @throws
 * what Stopping.check throws
 */
export async function ready({ stopping, journal }: Pick<Run, 'stopping' | 'journal'>, scope: Scope): Promise<void> {
  stopping.check(scope);
  await journal.committed();
  stopping.check(scope);
}

/**
 * Waits on the run's clock; a probe does not wait. @throws StopError when the run stops, or what ended the scope or the wait meanwhile
 * @param onWork Gets the wait when it begins.
 */
export async function wait(
  { stopping, clock, isProbe }: Pick<Run, 'stopping' | 'clock'> & Partial<Pick<Run, 'isProbe'>>,
  ms: number,
  scope: Scope,
  onWork?: (waiting: Abortable) => void,
): Promise<void> {
  stopping.check(scope);
  if (isProbe) return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      cancel();
      stopping.abortables.unregister(waiting);
    };
    const waiting: Abortable = {
      scopeOf: scope,
      abort: error => {
        done();
        reject(error);
      },
      // The clock will wake it.
      starve: () => false,
    };
    const cancel = clock.after(ms, () => {
      done();
      resolve();
    });
    stopping.abortables.register(waiting);
    onWork?.(waiting);
  });
}

/**
 * Waits for a promise of the author's, which may never settle.
 * @throws also what ends the scope meanwhile; or StopError, when the run stops and its grace period is over
 */
export async function orAborted<T>(
  { stopping, inFlight }: Pick<Run, 'stopping'> & Partial<Pick<Run, 'inFlight'>>,
  promise: Promise<T>,
  scope: Scope,
): Promise<T> {
  if (inFlight) inFlight.asking += 1;
  return await new Promise<T>((resolve, reject) => {
    const done = () => {
      if (inFlight && !isDone) inFlight.asking -= 1;
      isDone = true;
      stopping.abortables.unregister(waiting);
    };
    let isDone = false;
    const waiting: Abortable = {
      scopeOf: scope,
      abort: error => {
        done();
        reject(error);
      },
      signalAbort: () => undefined,
    };
    stopping.abortables.register(waiting);
    promise.then(resolve, reject).finally(done);
  });
}
