import { spawnSync } from 'node:child_process';

/*
 * A PID namespace of its own for a command, as a container gives it: its processes are counted from 1, it sees no
 * others, and all of them end with it. Only Linux has them, and not every system lets everybody make one.
 */

/** The first process of a namespace can't be killed from inside it: it is a shell, as the init of a container. */
const INIT = ['sh', '-c', '"$@"; exit $?', 'init'];

function makeContainer(): readonly string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const own = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  // Root needs no user namespace, which some systems forbid.
  const ways = [...(process.getuid?.() === 0 ? [own] : []), ['--user', '--map-root-user', ...own]];
  const way = ways.find(options => spawnSync('unshare', [...options, 'true'], { stdio: 'ignore' }).status === 0);
  return way && ['unshare', ...way, ...INIT];
}

/** What stands before a command to run it in a container of its own; undefined where this system lets nobody make one. */
export const IN_CONTAINER = makeContainer();

/** How a shell tells that the process it waited for was killed. */
export const KILLED_IN_CONTAINER = 128 + 9;
