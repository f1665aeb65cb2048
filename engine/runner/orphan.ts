import { Worker } from 'node:worker_threads';

/** Longer than a stop waits for steps in flight: a runner whose main thread is not blocked has ended by then. */
const END_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/*
 * The source of a thread. It is a string because a thread from a string starts in a few milliseconds, and every run
 * starts one. It notices that the process that has started us is gone (the system has then given us another parent, or,
 * on Windows, still names the old one), and some time later ends our process group: us, and what steps have started.
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

/**
 * Ends this process some time after the one that has started it: nobody else could stop it. The main thread hears
 * `disconnect` and ends in order; a main thread that a step blocks hears nothing, which is why this is a thread of its
 * own.
 */
export function endWithParent(): void {
  const thread = new Worker(WATCH, {
    eval: true,
    name: 'cronflow-orphan',
    execArgv: [],
    stdout: true,
    stderr: true,
    workerData: { parent: process.ppid, lookEveryMs: LOOK_EVERY_MS, endAfterMs: END_AFTER_MS },
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  });
  // A run does not need it. Without it, only a step that blocks its process while the parent is killed would keep running.
  thread.on('error', error => console.error(`The thread that watches the parent process has ended: ${error.message}`));
  thread.unref();
}
