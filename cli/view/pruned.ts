import ms from 'ms';
import { counted, number, RUN } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { JudgedRun, KeptBecause, PruneRule } from '../../engine/store/prune.ts';

/** How many runs of each workflow are deleted, a line each, and what that comes to. */
export function prunedText(deleted: readonly JudgedRun[], what: string, size: string): string {
  if (deleted.length === 0) return 'No run is to be deleted.\n';
  const lines = [...countBy(deleted, ({ workflow }) => workflow)].map(
    ([workflow, runs]) => `  ${number(runs).padStart(9)}  ${oneLine(workflow, 60)}\n`,
  );
  return `${counted(deleted.length, RUN)} ${what}: ${size}.\n${lines.join('')}`;
}

const WHY: Readonly<Record<KeptBecause, string>> = {
  running: 'running',
  pinned: 'pinned',
  newest: 'among the newest of their workflow',
  young: 'not old enough',
  unfinished: 'can be resumed (--unfinished deletes them, too)',
  failed: 'failed',
};

/** Why the others stay, a line for each reason. */
export function keptText(judged: readonly JudgedRun[]): string {
  const kept = judged.flatMap(({ kept: why }) => why ?? []);
  if (kept.length === 0) return '';
  const lines = [...countBy(kept, why => why)].map(([why, runs]) => `  ${number(runs).padStart(9)}  ${WHY[why]}\n`);
  return `${counted(kept.length, RUN)} ${kept.length === 1 ? 'stays' : 'stay'}:\n${lines.join('')}`;
}

/** Values that runs share, of which the time is over: nobody is given them anyway. */
export function expiredText(values: number, what: string): string {
  return values === 0 ? '' : `${counted(values, ['value', 'values'])} of the shared state ${what}: the time is over.\n`;
}

/** A rule in words, as it goes on from "by itself: ". */
export function ruleText({ olderThanMs, keep, keepFailed, unfinished }: PruneRule): string {
  const which = unfinished ? 'runs' : 'finished runs';
  const parts = [
    olderThanMs === undefined ? which : `${which} that ended more than ${ms(olderThanMs, { long: true })} ago`,
    ...(keep === undefined ? [] : [`all but the newest ${number(keep)} of each workflow`]),
    ...(keepFailed ? ['none that failed'] : []),
  ];
  return `deletes ${parts.join(', ')}`;
}

function countBy<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
