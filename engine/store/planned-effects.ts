import type { Database } from 'better-sqlite3';
import { EFFECT } from '../../common/effects.ts';
import type { Unit } from '../../common/format.ts';
import { parseUnit } from './effect-queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { RerunChanges } from './rerun-changes.ts';
import type { RerunReader } from './rerun-reader.ts';

interface NodeEffects {
  readonly node: number;
  readonly unit: Unit;
  readonly done: number;
  readonly unknown: number;
}

interface Group {
  readonly node: number;
  readonly unit: string | null;
  readonly done: number;
  readonly unknown: number;
}

/**
 * The effects of the steps that are executed again: of each batch that is touched, those of steps without a checkpoint. What
 * is begun when nobody works on the run is unknown.
 * @param touched By their scopes, beside the workflow itself. @default Those that a re-run changes
 */
export function plannedEffects(
  db: Database,
  run: number,
  stored: RerunReader,
  changes: RerunChanges,
  touched: Iterable<number> = changes.scopes(),
): NodeEffects[] {
  const some = preparedColumn<[number], number>(db, 'select 1 from effects where run = ? limit 1').get(run);
  if (some === undefined) return [];
  const inScope = prepared<[number, number], Group>(
    db,
    `select node, unit, sum(status = 'done') as done, sum(status in ('unknown', 'begun')) as unknown from effects
      where run = ? and scope = ? group by node, unit`,
  );
  const sums = new Map<string, NodeEffects>();
  for (const scope of [0, ...touched]) {
    for (const { node, unit, done, unknown } of inScope.all(run, scope)) {
      const isRepeated = changes.isSuperseded(scope) || stored.checkpoint(scope, node) === undefined;
      if (!isRepeated || done + unknown === 0) continue;
      const key = `${node} ${unit ?? ''}`;
      const before = sums.get(key) ?? { node, unit: unit === null ? EFFECT : parseUnit(unit), done: 0, unknown: 0 };
      sums.set(key, { ...before, done: before.done + done, unknown: before.unknown + unknown });
    }
  }
  return [...sums.values()];
}
