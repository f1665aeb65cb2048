import { fork, type ChildProcess } from 'node:child_process';
import type { StopAs } from '../../common/status.ts';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { debugRunner } from '../debug.ts';
import { ownFile } from '../own-file.ts';
import { withoutQueue } from '../remote/queue-variables.ts';
import { compileCacheForRunner } from './compile-cache.ts';
import { killGroup, killGroupOfEnded } from './group.ts';
import { parseFromRunner } from './parse.ts';
import type { FromRunner, ProbeRequest, RunnerTask, ToRunner } from './protocol.ts';

/** How a runner process ended. */
export interface RunnerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to its standard error: where V8 says that memory ran out. */
  readonly stderr: string;
  /** Why there was no process at all. */
  readonly notStarted?: NodeJS.ErrnoException | undefined;
}

export interface RunnerEvents {
  readonly onMessage: (message: FromRunner) => void;
  /** What the author's code, or a library of theirs, writes past `console`. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  readonly onExit: (exit: RunnerExit) => void;
}

/** A runner process, for its parent. */
export interface Runner {
  readonly pid: number | undefined;
  stop(as: StopAs, reason: string): void;
  /** Changes how many batches of a node, by its path, run at a time. */
  setConcurrency(node: string, value: number): void;
  /** Asks what a runner with a `ProbeTask` is for. */
  ask(request: ProbeRequest): void;
  /** Ends it, and whatever it has started, at once. */
  kill(): void;
}

/**
 * How node is started for a runner; heap.ts beside it has what a runner sets itself.
 * - Small young generations keep a long stream small (bench/memory.ts), and make runs faster as well: what a step leaves
 *   behind is reused while it is still in the cache.
 * - Helper threads, which collect garbage and compile: node starts four, however few cores there are, and they then get
 *   in the way of the run's own thread and of whoever looks on. One less than there are cores: measured in
 *   bench/studio.ts on two cores, runs were 5 % faster alone and 8 % with the page open.
 */
export const RUNNER_FLAGS: readonly string[] = [
  '--max-semi-space-size=8',
  `--v8-pool-size=${Math.min(4, Math.max(1, availableParallelism() - 1))}`,
];

/** What a runner reads as its standard input: nothing, or what its parent was given. */
export type RunnerInput = 'none' | 'ours';

const LONGEST_STDERR = 16_384;
/** Reading what a process wrote before it ended takes less than this. */
const OUTPUT_AFTER_EXIT_MS = 1_000;

/**
 * Starts a runner. No other function starts processes of this kind. In the desktop app the program is Electron's, which
 * ELECTRON_RUN_AS_NODE turns into Node; electron-builder.yml allows that.
 */
export function startRunner(task: RunnerTask, events: RunnerEvents, stdin: RunnerInput = 'none'): Runner {
  try {
    return superviseChild(forkRunner(task, stdin), task, events);
  } catch (error) {
    // `fork` throws when even the pipes cannot be created. Other failures come as an event.
    setImmediate(() =>
      events.onExit({
        code: null,
        signal: null,
        stderr: '',
        notStarted: error instanceof Error ? error : new Error(String(error)),
      }),
    );
    const nothing = () => undefined;
    return { pid: undefined, stop: nothing, setConcurrency: nothing, ask: nothing, kill: nothing };
  }
}

function forkRunner(task: RunnerTask, stdin: RunnerInput): ChildProcess {
  return fork(fileURLToPath(ownFile('engine/runner/main')), [], {
    serialization: 'advanced',
    // A process group of its own: Ctrl-C in a terminal reaches only us, and we ask the runner to stop. Its children end
    // with the group.
    detached: process.platform !== 'win32',
    execArgv: [...RUNNER_FLAGS, '--no-warnings=ExperimentalWarning', ...debuggerFlags(task)],
    env: { ...withoutQueue(process.env), ...compileCacheForRunner(), ELECTRON_RUN_AS_NODE: '1' },
    // The last is PARENT_FD of orphan.ts, on which nothing is sent.
    stdio: [stdin === 'ours' ? 'inherit' : 'ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
}

/** Unless told otherwise, Node answers everybody who asks the port with the address, which is what keeps others out. */
function debuggerFlags(task: RunnerTask): string[] {
  return task.kind === 'probe' && task.debugger === 'unlisted' ? ['--inspect-publish-uid=stderr'] : [];
}

function superviseChild(child: ChildProcess, task: RunnerTask, events: RunnerEvents): Runner {
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => events.onOutput?.(text, 'stdout'));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-LONGEST_STDERR);
    events.onOutput?.(text, 'stderr');
  });
  child.on('message', message => {
    const parsed = parseFromRunner(message);
    if (parsed) events.onMessage(parsed);
  });
  let ended = false;
  let closing: NodeJS.Timeout | undefined;
  const end = (code: number | null, signal: NodeJS.Signals | null, notStarted?: NodeJS.ErrnoException) => {
    if (ended) return;
    ended = true;
    clearTimeout(closing);
    debugRunner('%d has ended: code %s, signal %s', child.pid, code, signal);
    events.onExit({ code, signal, stderr, notStarted });
  };
  // What a step has started ends with its runner. A process that has left the group could hold the pipes open, and with them this
  // process: so the pipes are closed after a while.
  child.on('exit', () => {
    if (child.pid !== undefined) killGroupOfEnded(child.pid);
    closing = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, OUTPUT_AFTER_EXIT_MS);
  });
  // `close` comes when its output has been read to the end, `error` when it could not be started at all.
  child.on('close', end);
  child.on('error', error => {
    if (child.pid === undefined) end(null, null, error);
    else stderr += error.message;
  });
  debugRunner('start %d to %s', child.pid, task.kind);
  send(child, { type: 'task', task });
  return {
    pid: child.pid,
    stop: (as, reason) => send(child, { type: 'stop', as, reason }),
    setConcurrency: (node, value) => send(child, { type: 'concurrency', node, value }),
    ask: request => send(child, request),
    kill: () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      // Until we have waited for it, nobody else gets its number.
      killGroup(child.pid);
      child.kill('SIGKILL');
    },
  };
}

function send(child: ChildProcess, message: ToRunner): void {
  // It may just have ended: onExit tells that.
  if (child.connected) child.send(message, () => undefined);
}
