import { fork, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { debugRunner } from '../debug.ts';
import { ownFile } from '../own-file.ts';
import type { FromWorker } from '../run/workers/protocol.ts';
import type { StartWorker, WorkerAbout } from '../run/workers/workers.ts';
import { withoutQueue } from '../remote/queue-variables.ts';
import { compileCacheForRunner } from './compile-cache.ts';
import { exitReason } from './exit-reason.ts';
import { killGroup, killGroupOfEnded } from './group.ts';
import { RUNNER_FLAGS } from './parent.ts';
import { answerThroughPipe, STORE_FD } from './store-pipe.ts';
import type { ToWorkerProcess, WorkerTask } from './worker-task.ts';

const LONGEST_STDERR = 16_384;
/** What its process is held up for, it asks one at a time: none is told from another. */
const HELD_UP = -1;

/**
 * Starts workers of a run as processes of this one. They end when the channel to it closes. Those of a runner are in its process
 * group, so that they end with it. That of a run on another machine has a group of its own: Ctrl-C in the terminal of its host
 * is for the host, which lets it finish.
 */
export function workerProcesses(task: WorkerTask): StartWorker {
  const isElsewhere = task.store === undefined;
  return ({ onMessage, onLost }) => {
    let child: ChildProcess | undefined;
    let stderr = '';
    let isOver = false;
    const end = (reason: string) => {
      if (isOver) return;
      isOver = true;
      debugRunner('worker %d has ended: %s', child?.pid, reason);
      onLost(reason);
    };
    try {
      child = forkWorker(task);
    } catch (error) {
      // `fork` throws when even the pipes cannot be created.
      setImmediate(() => end(reasonOf({ notStarted: error instanceof Error ? error : new Error(String(error)) })));
      return { about: aboutOf(undefined), send: () => undefined, hold: () => undefined, kill: () => undefined };
    }
    const process_ = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-LONGEST_STDERR);
      process.stderr.write(text);
    });
    const [pipe] = (child.stdio as readonly unknown[]).slice(STORE_FD);
    const answer =
      pipe instanceof Socket
        ? answerThroughPipe(pipe, request => onMessage({ type: 'ask-store', ask: HELD_UP, request }))
        : undefined;
    child.on('message', message => onMessage(message as FromWorker));
    child.on('exit', (code, signal) => {
      if (isElsewhere && process_.pid !== undefined) killGroupOfEnded(process_.pid);
      end(exitReason({ code, signal, stderr }));
    });
    child.on('error', error => {
      if (process_.pid === undefined) end(exitReason({ code: null, signal: null, stderr, notStarted: error }));
      else stderr += error.message;
    });
    const send = (message: ToWorkerProcess) => {
      if (message.type === 'store-answer' && message.ask === HELD_UP) return answer?.(message.answer);
      // It may just have ended: `exit` tells that.
      if (process_.connected) process_.send(message, () => undefined);
    };
    send({ type: 'load', task });
    debugRunner('start worker %d', child.pid);
    return {
      about: aboutOf(child.pid),
      send,
      hold: isHeld => holdAll([process_, process_.channel, pipe instanceof Socket ? pipe : null], isHeld),
      kill: () => {
        // What its steps have started ends with it.
        if (isElsewhere && process_.pid !== undefined && process_.exitCode === null) killGroup(process_.pid);
        process_.kill('SIGKILL');
      },
    };
  };
}

function aboutOf(pid: number | undefined): WorkerAbout {
  return { host: hostname(), pid, address: undefined };
}

function reasonOf(of: { readonly notStarted: NodeJS.ErrnoException }): string {
  return exitReason({ code: null, signal: null, stderr: '', ...of });
}

/** In the desktop app the program is Electron's, which ELECTRON_RUN_AS_NODE turns into Node. */
function forkWorker({ store }: WorkerTask): ChildProcess {
  return fork(fileURLToPath(ownFile('engine/runner/worker')), [], {
    serialization: 'advanced',
    execArgv: [...RUNNER_FLAGS, '--no-warnings=ExperimentalWarning'],
    env: { ...withoutQueue(process.env), ...compileCacheForRunner(), ELECTRON_RUN_AS_NODE: '1' },
    detached: store === undefined && process.platform !== 'win32',
    stdio:
      store === undefined
        ? // What steps write past `console` is not the host's to say. The fifth is PARENT_FD of orphan.ts.
          ['ignore', 2, 'pipe', 'ipc', 'pipe', 'pipe']
        : ['ignore', 'inherit', 'pipe', 'ipc', 'ignore', 'ignore'],
  });
}

interface Holding {
  ref(): void;
  unref(): void;
}

/** Whether a process, its channel and its pipe keep this one alive. */
function holdAll(handles: readonly (Holding | null | undefined)[], isHeld: boolean): void {
  for (const handle of handles) {
    if (isHeld) handle?.ref();
    else handle?.unref();
  }
}
