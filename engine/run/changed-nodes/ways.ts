import type { Graph, GraphNode } from '../../../common/graph.ts';
import { isFork } from '../../../common/node-kinds.ts';
import type { RerunChanges } from '../../store/rerun-changes.ts';
import type { RerunReader, TakenWay } from '../../store/rerun-reader.ts';
import type { NodeLine } from '../../store/run-queries.ts';
import { targetOf } from './targets.ts';
import { nodesByPath } from './nodes-by-path.ts';

/*
 * Which way an `if` took is stored as the name of the branch. A branch that has another name now, or is gone, would be
 * passed over as if the condition had been false.
 */

/** Its own name is that of its first branch. The way `else` is never missed: where it is gone, nothing stands in it. */
const ELSE = 'else';

/** An `if` of a run, as it was drawn when the run was worked on last, and as it is drawn now. */
interface Fork {
  readonly node: NodeLine;
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** A way that was taken, by work that is to be continued, and that the file does not have any more. */
export interface LostWay {
  readonly node: NodeLine;
  readonly way: string;
  readonly count: number;
  /** Ways that are new in the file. */
  readonly candidates: readonly string[];
}

/** The forks that have run, by the paths they have now. */
function forksOf(stored: RerunReader, before: Graph, now: Graph, oldPath: (node: NodeLine) => string): Fork[] {
  const [drawnBefore, drawnNow] = [nodesByPath(before), nodesByPath(now)];
  return stored.nodes().flatMap((node): Fork[] => {
    const [old, today] = [drawnBefore.get(oldPath(node)), drawnNow.get(node.path)];
    if (!old || !today || !isFork(node.kind) || !isFork(today.kind)) return [];
    return [{ node, before: waysOf(old), now: waysOf(today) }];
  });
}

function waysOf({ branches = [] }: GraphNode): string[] {
  return branches.map(({ id }) => id);
}

/** Whether a name is that of a way in the file as it was before, and of no `if`. */
export function isWay(name: string, before: Graph): boolean {
  return [...nodesByPath(before).values()].some(node => waysOf(node).slice(1).includes(name));
}

/**
 * Gives ways that were taken their new names: that of an `if` which has another name now, and those that the caller
 * says. @throws RerunError
 */
export function moveWays(
  stored: RerunReader,
  changes: RerunChanges,
  { before, now }: { readonly before: Graph; readonly now: Graph },
  oldPath: (node: NodeLine) => string,
  renamed: readonly { readonly from: string; readonly to: string }[],
): void {
  const forks = forksOf(stored, before, now, oldPath);
  for (const { to } of renamed)
    if (!forks.some(fork => fork.now.includes(to)))
      targetOf(
        to,
        forks.flatMap(fork => fork.now),
      );
  for (const { node, before: old, now: today } of forks) {
    const names = new Map<string, string>();
    const [oldName = '', name = ''] = [old[0], today[0]];
    if (oldName !== name) names.set(oldName, name);
    for (const { from, to } of renamed) if (old.includes(from) && today.includes(to)) names.set(from, to);
    if (names.size === 0) continue;
    for (const taken of stored.waysTaken(node.node)) {
      const to = names.get(taken.way);
      if (to !== undefined) changes.setWay(node.node, { ...taken, way: to });
    }
  }
}

/** Costs what an `if` has, of which a way is gone; else next to nothing. */
export function lostWays(
  stored: RerunReader,
  { before, now }: { readonly before: Graph; readonly now: Graph },
  oldPath: (node: NodeLine) => string,
): LostWay[] {
  return forksOf(stored, before, now, oldPath).flatMap(({ node, before: old, now: today }) => {
    const isGone = (way: string) => way !== ELSE && !today.includes(way);
    if (!old.some(isGone)) return [];
    const lost = Map.groupBy(
      stored.waysTaken(node.node).filter(({ way }) => isGone(way)),
      ({ way }: TakenWay) => way,
    );
    const candidates = today.filter(way => way !== ELSE && !old.includes(way));
    return [...lost].map(([way, taken]) => ({ node, way, count: taken.length, candidates }));
  });
}
