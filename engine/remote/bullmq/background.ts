import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * Where nothing is left in the process of a run that could wake it, what waits there is ended and told (starved.ts). BullMQ and the drivers
 * always have a timer and connections, which say nothing of that, and no option to leave them out of account. So what they set
 * while they are called through this keeps no process alive; whoever opens a queue keeps its process alive itself.
 */

const background = new AsyncLocalStorage<boolean>();
let isInstalled = false;

/** Timers that are set by the call, and by all that follows of it, keep no process alive. */
export function inBackground<T>(call: () => T): T {
  install();
  return background.run(true, call);
}

/** For what others are told from there: their timers are their own. */
export function inForeground<T>(call: () => T): T {
  return background.run(false, call);
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { setTimeout: plain } = globalThis;
  const setTimer = (...args: Parameters<typeof plain>) => {
    const timer = plain(...args);
    return background.getStore() === true ? timer.unref() : timer;
  };
  // With what `promisify` looks for.
  globalThis.setTimeout = Object.defineProperties(setTimer, Object.getOwnPropertyDescriptors(plain)) as typeof plain;
}
