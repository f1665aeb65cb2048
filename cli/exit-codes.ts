import type { RunStatus } from '../common/status.ts';

/** The exit code of a command that was carried out, by the status of its run. */
export const EXIT_CODES: Readonly<Record<RunStatus, number>> = {
  completed: 0,
  failed: 1,
  interrupted: 3,
  paused: 3,
  running: 3,
  cancelled: 130,
};

/** Wrong usage, or a file that cannot be loaded. */
export const EXIT_USAGE = 2;
