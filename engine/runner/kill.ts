import { isAlive, type ProcessIdentity } from '../store/process-identity.ts';
import { debugRunner } from '../debug.ts';
import { killGroup } from './group.ts';

/** - `killed`: it was ended. - `gone`: there was nothing to end. - `not-verified`: it is on another machine; nothing was ended. */
export type KillOutcome = 'killed' | 'gone' | 'not-verified';

/**
 * Ends a process of which only the identity is known, and everything it has started. A process that was given the number of one
 * that is gone is left alone.
 */
export function killVerified(identity: ProcessIdentity): KillOutcome {
  const alive = isAlive(identity);
  if (alive !== true) return alive === undefined ? 'not-verified' : 'gone';
  debugRunner('kill %d with its process group', identity.pid);
  killGroup(identity.pid);
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // It ended with its group.
  }
  return 'killed';
}
