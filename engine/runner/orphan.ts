import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';

/** Longer than a stop waits for steps in flight: a runner whose main thread is not blocked has ended by then. */
const END_AFTER_S = 10;
const LOOK_EVERY_MS = 1_000;

/** What only our parent holds open, as a descriptor of a runner: it reads as ended once the parent is gone. See parent.ts. */
const PARENT_FD = 4;

/**
 * Ends this process some time after the one that has started it: nobody else could stop it. The main thread hears
 * `disconnect` and ends in order; a main thread that a step blocks hears nothing, which is why this is no part of it.
 */
export function endWithParent(afterS = END_AFTER_S): void {
  if (process.platform === 'win32' || !watchFromShell(afterS)) watchFromThread(afterS);
}

/**
 * A shell in our process group, which waits for the parent to be gone, and some time later ends the group: us, itself,
 * and what steps have started. Every run needs a watcher: measured in bench/start.ts, a thread takes 1.4 times the processor time
 * in which node starts, and this a tenth of that.
 * @returns whether there is a shell
 */
function watchFromShell(afterS: number): boolean {
  const shell = spawn('/bin/sh', ['-c', `read _; sleep ${afterS} && kill -s KILL 0`], {
    stdio: [PARENT_FD, 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  shell.on('error', () => undefined); // There is none, which a missing number tells as well.
  shell.unref();
  return shell.pid !== undefined;
}

/*
 * The source of a thread that notices that the process that has started us is gone (the system has then given us another
 * parent, or, on Windows, still names the old one), and some time later ends our process group.
 */
const WATCH = `
  const { workerData: { parent, lookEveryMs, endAfterMs } } = require('node:worker_threads');
  const isGone = () => {
    if (process.ppid !== parent) return true;
    try { process.kill(parent, 0); } catch (error) { return error.code === 'ESRCH'; }
    return false;
  };
  const timer = setInterval(() => {
    if (!isGone()) return;
    clearInterval(timer);
    setTimeout(() => process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL'), endAfterMs);
  }, lookEveryMs);
`;

/** On Windows, and in a container without a shell. */
function watchFromThread(afterS: number): void {
  const thread = new Worker(WATCH, {
    eval: true,
    name: 'cronflow-orphan',
    execArgv: [],
    stdout: true,
    stderr: true,
    workerData: { parent: process.ppid, lookEveryMs: LOOK_EVERY_MS, endAfterMs: afterS * 1_000 },
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  });
  // A run does not need it. Without it, only a step that blocks its process while the parent is killed would keep running.
  thread.on('error', error => console.error(`The thread that watches the parent process has ended: ${error.message}`));
  thread.unref();
}
