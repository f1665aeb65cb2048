import { userInfo } from 'node:os';

/** Who works with this process, as the system calls them. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A number of a user that the system has no name for, as in some containers.
    return 'unknown';
  }
}
