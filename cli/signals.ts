import type { SupervisedRun } from '../engine/runner/supervisor.ts';

/** `timeout`, npm and shells pass one signal on twice; a person who presses Ctrl-C again is slower. */
const SAME_SIGNAL_MS = 250;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Stops a run when a signal comes. The first one lets the steps in flight end, a second one does not wait for them.
 * @param onStopping Called with what to tell the person
 * @returns a function that stops listening
 */
export function stopOnSignals(run: SupervisedRun, onStopping: (text: string) => void): () => void {
  let stoppingSince: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) run.kill();
      return;
    }
    stoppingSince = performance.now();
    if (signal === 'SIGINT') {
      run.stop('cancelled', 'it was stopped with Ctrl-C');
      onStopping('Stopping: waiting for steps in flight. Press Ctrl-C again to end them.');
    } else {
      run.stop('interrupted', `the command line was ended with ${signal}`);
      onStopping('Stopping at the next checkpoints.');
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
