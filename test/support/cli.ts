import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Call, cleanEnvironment, endedOf, killAllCalls, type CallOptions, type Ended } from './call.ts';
import { afterEachFile } from './cleaning.ts';
import type { Called, Calls } from './many-calls.ts';

export { BIN, Call, COMPILE_CACHE, eventually, isRunning, type CallOptions, type Ended, type Event } from './call.ts';

/* The command line, called by tests. */

afterEachFile(() => {
  killAllCalls();
  for (const child of idle.splice(0)) child.disconnect();
});

/** Starts a command and leaves it running. */
export function start(args: readonly string[], options: CallOptions): Call {
  return new Call(args, options);
}

/** Runs a command to its end. Tests may ask for many at a time; few run, as a build's machine has few cores. */
export async function cli(args: readonly string[], options: CallOptions): Promise<Ended> {
  return await inTurn(() => new Call(args, options).done);
}

/** Runs several commands one after the other, in one process: for those that are about what is said. */
export async function manyCalls(calls: readonly (readonly string[])[], cwd: string): Promise<Ended[]> {
  const results = await inTurn(() => calledIn(idle.pop() ?? newChild(), { cwd, calls }));
  return results.map((result, index) => endedOf({ ...result, signal: null }, calls[index] ?? []));
}

/** Processes that have done their calls and can be given others. */
const idle: ChildProcess[] = [];

function newChild(): ChildProcess {
  return fork(fileURLToPath(new URL('./many-calls.ts', import.meta.url)), [], {
    execArgv: [],
    env: cleanEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function calledIn(child: ChildProcess, message: Calls): Promise<Called[]> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`The process ended with ${code} at one of: ${JSON.stringify(message.calls)}`));
    child.once('exit', onExit);
    child.once('message', results => {
      child.off('exit', onExit);
      idle.push(child);
      resolve(results as Called[]);
    });
    child.send(message);
  });
}

const MOST_RUNNING = 3;
const queue: (() => void)[] = [];
let running = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  while (running >= MOST_RUNNING)
    await new Promise<void>(resolve => {
      queue.push(resolve);
    });
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}
