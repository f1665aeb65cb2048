import { Worker } from 'node:worker_threads';

/** Longer than steps in flight are waited for after a stop: a runner that can still hear has ended by then. */
const END_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/*
 * The source of a thread, not of this module: it is started with every run, and this way it is there in a few milliseconds. It sees
 * that the process that has started us is gone (the system has then given us another parent, or, on Windows, still names the old one), and
 * some time later ends our process group: us, and what steps have started.
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
 * Sees to it that this process does not outlive the one that has started it, and with it everybody who could stop it. The main thread
 * hears of that by `disconnect` and ends in order; one in which a step never lets go hears nothing.
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
  // Without it a run goes on as well as with it. Only a step that spins while its parent is killed would then stay behind.
  thread.on('error', error => console.error(`The watch over the parent process has ended: ${error.message}`));
  thread.unref();
}
