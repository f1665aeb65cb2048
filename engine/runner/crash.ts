import { attachToPoints } from '../points.ts';

/**
 * For tests: `CRONFLOW_CRASH_AT=before-commit:3` kills this process the third time it comes to that point, as a power
 * cut or an out-of-memory killer would. See engine/points.ts for the points there are.
 */
export function crashWhereAsked(): void {
  const asked = process.env.CRONFLOW_CRASH_AT;
  if (asked === undefined) return;
  const [point, times = '1'] = asked.split(':');
  let left = Number(times);
  attachToPoints(name => {
    if (name !== point) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  });
}
