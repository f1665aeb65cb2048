import type { Run } from './run.ts';

/** The author's code waits for something that never comes. */
class WaitsForEver extends Error {
  override readonly name = 'WaitsForEver';
}

/**
 * Call it when nothing is left in the process that could wake anything: no timer, connection or file operation is open.
 * What waits for the author's code waits for ever, and fails now. Where nothing can be blamed, the run is interrupted.
 */
export function endWhatWaitsForEver(run: Run): void {
  if (run.waits?.rest()) return;
  const error = new WaitsForEver(
    'It waits for something that never comes: nothing is left in its process that could wake it, no timer, no ' +
      'connection and no file operation. Does it await a promise that nobody settles?',
  );
  // Its stack would name this file only: where the promise was made, nobody knows.
  error.stack = `${error.name}: ${error.message}`;
  // All of them: each has work of its own that may wait.
  const found = run.withSubflows.map(({ stopping }) => stopping.abortables.starveAll(error)).includes(true);
  if (!found) run.stopping.requestNow({ as: 'interrupted', reason: error.message });
}
