import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Why no test can be another user here, in a sentence; undefined where one can: this user is root, and others can read this checkout. */
export function whyNoOtherUser(user: number): string | undefined {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return 'only root can become another user';
  const { status } = spawnSync('test', ['-x', ROOT], { uid: user, gid: user });
  return status === 0 ? undefined : `other users may not enter the folder of this checkout, ${ROOT}`;
}
