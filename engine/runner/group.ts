import { subscribe } from 'node:diagnostics_channel';
import { processExists } from '../store/process-exists.ts';

let startedProcesses = false;

/** From now on, remembers whether this process starts others. */
export function noteStartedProcesses(): void {
  subscribe('child_process', () => {
    startedProcesses = true;
  });
}

export function hasStartedProcesses(): boolean {
  return startedProcesses;
}

/**
 * Ends a runner's process group at once: the runner, if it is still running, and what its steps have started.
 * Does nothing when there is no such group: it has ended, or this is Windows, which has none.
 */
export function killGroup(leader: number): void {
  if (process.platform === 'win32') return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

/**
 * The same for a leader that has ended and was waited for. Where a process has its number, that is a new one: a system
 * gives no number to a process while a group of that number is left. So nothing is left of the group then, and the new
 * process is none of ours.
 */
export function killGroupOfEnded(leader: number): void {
  if (process.platform === 'win32' || processExists(leader)) return;
  killGroup(leader);
}
