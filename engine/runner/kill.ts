import { processes, type ProcessIdentities, type ProcessIdentity } from '../store/process-identity.ts';
import { debugRunner } from '../debug.ts';
import { killGroup } from './group.ts';

/**
 * - `killed`: it was ended. - `gone`: there was nothing to end. - `not-verified`: the process of this number may be
 * another one; it was left alone.
 */
export type KillOutcome = 'killed' | 'gone' | 'not-verified';

/**
 * Ends a process of which only the identity is known, and its group. Only when the process that has the number now is
 * certainly the same one: the number of an ended process is given to any other. (Between the look and the end there is
 * a moment in which nothing can be ruled out. Windows gives numbers out again much sooner than other systems; this has
 * not been run there.)
 */
export function killVerified(
  identity: ProcessIdentity,
  identities: ProcessIdentities = processes,
  end: (pid: number) => void = endNow,
): KillOutcome {
  const verdict = identities.check(identity, 'again');
  if (verdict !== 'same') return verdict === 'gone' ? 'gone' : 'not-verified';
  debugRunner('kill %d with its process group', identity.pid);
  end(identity.pid);
  return 'killed';
}

function endNow(pid: number): void {
  killGroup(pid);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its group.
  }
}
