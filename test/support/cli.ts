import { fileURLToPath } from 'node:url';
import { Call, endedOf, killAllCalls, type CallOptions, type Ended } from './call.ts';
import { afterEachFile } from './cleaning.ts';

export { BIN, Call, COMPILE_CACHE, eventually, isRunning, type CallOptions, type Ended, type Event } from './call.ts';

/* The command line, called by tests. */

afterEachFile(killAllCalls);

/** Starts a command and leaves it running. */
export function start(args: readonly string[], options: CallOptions): Call {
  return new Call(args, options);
}

/** Runs a command to its end. Tests may ask for many at a time; few run, as a build's machine has few cores. */
export async function cli(args: readonly string[], options: CallOptions): Promise<Ended> {
  while (running >= MOST_RUNNING)
    await new Promise<void>(resolve => {
      queue.push(resolve);
    });
  running += 1;
  try {
    return await new Call(args, options).done;
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

/** Runs several commands one after the other, in one process: for those that are about what is said. */
export async function manyCalls(calls: readonly (readonly string[])[], options: CallOptions): Promise<Ended[]> {
  const { stdout, stderr } = await cli([JSON.stringify(calls)], {
    command: [options.node ?? process.execPath, MANY_CALLS],
    ...options,
  });
  if (!stdout.startsWith('[')) throw new Error(`The commands did not come to their end: ${stderr}`);
  const results = JSON.parse(stdout) as { code: number; stdout: string; stderr: string }[];
  return results.map((result, index) => endedOf({ ...result, signal: null }, calls[index] ?? []));
}

const MANY_CALLS = fileURLToPath(new URL('./many-calls.ts', import.meta.url));
const MOST_RUNNING = 3;
const queue: (() => void)[] = [];
let running = 0;
