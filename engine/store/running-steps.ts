import type { Database } from 'better-sqlite3';
import { hasBatches, hasRounds } from '../../common/node-kinds.ts';
import { pathsAround } from '../../common/node-paths.ts';
import { StepStatus } from '../../common/status.ts';

/** More in one sentence nobody reads. */
const MOST_NAMED = 3;

/**
 * In words, which steps of a run are on record as running, to be asked before `putBackInFlight`; undefined when none is. Of a
 * process that had to be ended, these are the ones that hung.
 */
function runningSteps(db: Database, run: number): string | undefined {
  const running = db
    .prepare<[number], { path: string; kind: string; batch: number | null }>(
      `select nodes.path, nodes.kind, batches.idx as batch from steps
         join nodes on nodes.run = steps.run and nodes.node = steps.node
         left join batches on batches.run = steps.run and batches.scope = steps.scope
        where steps.run = ? and steps.status = ${StepStatus.running} order by steps.seq`,
    )
    .all(run);
  // A node that has batches runs as long as they do: what hung is inside.
  const paths = new Set(running.flatMap(({ path }) => [...pathsAround(path)]));
  const steps = running.filter(({ path, kind }) => !paths.has(path) && !hasBatches(kind) && !hasRounds(kind));
  if (steps.length === 0) return undefined;
  const named = steps
    .slice(0, MOST_NAMED)
    .map(({ path, batch }) => `"${path}"${batch === null ? '' : ` (batch #${batch})`}`);
  const others = steps.length - named.length;
  const all = [...named, ...(others > 0 ? [`${others} more`] : [])];
  const list = all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  return steps.length === 1 ? `step ${list} was running` : `steps ${list} were running`;
}

/** A reason, with what was running. */
export function withRunningSteps(db: Database, run: number, reason: string): string {
  const running = runningSteps(db, run);
  if (running === undefined) return reason;
  // Some reasons are sentences of their own.
  return reason.endsWith('.')
    ? `${reason} ${running.charAt(0).toUpperCase()}${running.slice(1)}.`
    : `${reason}; ${running}`;
}
