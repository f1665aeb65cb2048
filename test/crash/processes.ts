import { eventually, isRunning } from '../support/call.ts';
import { Violation } from './checks.ts';
import { commandOf, processesOf, type Shell } from './shell.ts';
import { readLedger, type Whom } from './world.ts';

/* The processes of a trial: which there are, and how they are killed and waited for. */

export function killFromOutside(folder: string, whom: Whom, shell: Shell, before: ReadonlySet<number>): void {
  const started = processesOf(folder).filter(pid => !before.has(pid) && pid !== shell.pid && isRunner(pid));
  const hasRunner = started.length > 0 || isRunner(shell.pid);
  if (whom !== 'runner' || !hasRunner || isRunner(shell.pid)) killIfThere(shell.pid);
  if (whom !== 'parent') for (const pid of started) killIfThere(pid);
}

/** @param host The process of the host, which stays. */
export async function untilRunnersGone(folder: string, ledger: string, host: number | undefined): Promise<void> {
  // Elsewhere processes are not told by their trial. On Linux they are, and numbers from containers mean others here.
  const noted = process.platform === 'linux' ? [] : [...new Set(readLedger(ledger).map(({ pid }) => pid))];
  // A runner that is about to begin is still what it was forked from.
  const mayStay = (pid: number) => host === pid || commandOf(pid).startsWith('sleep ');
  await eventually('no runner is left', () => !noted.some(isRunning) && processesOf(folder).every(mayStay), 15);
}

/** What steps have started and nobody has ended. */
export function leftBehind(folder: string): number[] {
  return processesOf(folder).filter(pid => commandOf(pid).startsWith('sleep '));
}

function isRunner(pid: number): boolean {
  return /runner\/main\.[tj]s/.test(commandOf(pid));
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** @throws Violation when it takes longer */
export async function within<T>(ms: number, promise: Promise<T>, why: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Violation('other', why())), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
