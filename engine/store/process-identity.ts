import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Enough to tell whether a process that wrote its identity into a store is still the same and alive. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own terms; undefined where the system does not tell. */
  readonly born: string | undefined;
  readonly host: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, born: bornAt(pid), host: hostname() };
}

/** True or false where this machine can know; undefined for a process of another machine. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.host !== hostname()) return undefined;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const born = bornAt(identity.pid);
  return identity.born === undefined || born === undefined || born === identity.born;
}

/** The start time tells a process from a later one that was given the same pid. A zombie counts as gone. */
function bornAt(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // The command in parentheses may hold spaces and parentheses; the fields after it do not.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return fields[0] === 'Z' ? 'zombie' : fields[19];
    }
    if (process.platform === 'darwin')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // It ended between the two looks, or the system does not tell: kill(pid, 0) has had its say.
  }
  return undefined;
}
