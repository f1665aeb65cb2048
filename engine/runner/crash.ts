import { attachToPoints } from '../failpoints.ts';

const parent = process.ppid;

/**
 * For tests: `CRONFLOW_CRASH_AT=before-commit:3` kills this process the third time it comes to that point, as a power
 * cut or an out-of-memory killer would; `before-commit:3:parent` kills the process that has started it, and
 * `before-commit:3:both` both of them. See engine/failpoints.ts for the points.
 */
export function crashWhereAsked(): void {
  const asked = process.env.CRONFLOW_CRASH_AT;
  if (asked === undefined) return;
  const [point, times = '1', whom = 'runner'] = asked.split(':');
  let left = Number(times);
  attachToPoints(name => {
    if (name !== point) return;
    left -= 1;
    if (left !== 0) return;
    // When the parent is gone already, the process that has become our parent is not ours to kill.
    if (whom !== 'runner' && process.ppid === parent) process.kill(parent, 'SIGKILL');
    if (whom !== 'parent') process.kill(process.pid, 'SIGKILL');
  });
}
