import type { Graph, GraphNode } from '../../../common/graph.ts';
import { hasBatches, hasRounds, isItemByItem, type NodeKind } from '../../../common/node-kinds.ts';
import { outermost, parentPath, pathsAround, whileOfCondition } from '../../../common/node-paths.ts';
import type { NodeLine } from '../../store/run-queries.ts';
import type { NodeWork } from '../../store/node-work.ts';
import { nodesByPath } from './nodes-by-path.ts';
import { mayBeAnother } from './moved-members.ts';

/** A node of a run that the file does not have any more as it was. */
export interface ChangedNode extends NodeLine {
  readonly now: 'gone' | 'another kind' | 'another member';
  /** What stands at its path now. */
  readonly kindNow: NodeKind | undefined;
}

/** The old paths of nodes that have been given their place in today's graph, by their numbers. */
export type Moved = ReadonlyMap<number, string>;

/** What these have stored means nothing to another node. The way that an `if` took does: asked again, it may go the other. */
const LEAVE_NOTHING: ReadonlySet<string> = new Set<NodeKind>(['log', 'sleep', 'cancel']);

/**
 * The nodes of a run that are not in today's graph as they were, outermost first. A node that was not drawn before, as
 * one that a body makes for each item, cannot be missed in a drawing.
 */
export function changedNodes(stored: readonly NodeLine[], before: Graph, now: Graph, moved: Moved): ChangedNode[] {
  const [drawnBefore, drawnNow] = [nodesByPath(before), nodesByPath(now)];
  const changed = stored.flatMap((node): ChangedNode[] => {
    if (whileOfCondition(node.path) !== undefined) return [];
    const old = drawnBefore.get(moved.get(node.node) ?? node.path);
    const today = drawnNow.get(node.path);
    if (!today) {
      const isMissed = old !== undefined && !isUndrawn(node.path, drawnNow) && !LEAVE_NOTHING.has(node.kind);
      return isMissed ? [{ ...node, now: 'gone', kindNow: undefined }] : [];
    }
    if (today.kind !== node.kind) return [{ ...node, now: 'another kind', kindNow: today.kind }];
    // Of one that has moved it is known which it is.
    const isAnother = old !== undefined && !moved.has(node.node) && mayBeAnother(old, drawnBefore, drawnNow);
    return isAnother ? [{ ...node, now: 'another member', kindNow: today.kind }] : [];
  });
  return outermost(changed);
}

/** Whether a path lies in a body that cannot be drawn: what stands there is known when it runs. */
function isUndrawn(path: string, drawn: ReadonlyMap<string, GraphNode>): boolean {
  for (const outer of pathsAround(path)) {
    const node = drawn.get(outer);
    if (node) return node.body?.drawn === false;
  }
  return false;
}

/** Whether what stands stored of a changed node would be lost, repeated or taken for something else. */
export function isInTheWay({ now, kind, kindNow }: ChangedNode, { batches, mostItems, results }: NodeWork): boolean {
  const hasWork = batches.all > 0 || results > 0;
  if (!hasWork || now !== 'another kind' || kindNow === undefined) return hasWork;
  // Stores have been written in which such a node kept its first kind.
  if (!hasBatches(kind) && !hasRounds(kind) && hasBatches(kindNow) && results === 0) return false;
  // A batch of one item is an item of a forEach, and the other way round.
  if (hasBatches(kind) && hasBatches(kindNow)) return isItemByItem(kindNow) && mostItems > 1;
  // What a step has put out, nobody reads of an action.
  return !(kind === 'step' && kindNow === 'action');
}

/**
 * Nodes of the file that may be the changed one: those that are new in it, or for a member whose place says nothing any more,
 * all members of its list, its own place first.
 */
export function candidates(changed: ChangedNode, before: Graph, now: Graph): string[] {
  const { path, kind } = changed;
  const old = nodesByPath(before);
  const beside = [...nodesByPath(now).values()]
    .filter(node => node.kind === kind && parentPath(node.path) === parentPath(path))
    .map(node => node.path);
  if (changed.now !== 'another member') return beside.filter(other => !old.has(other));
  return beside.toSorted((a, b) => Number(b === path) - Number(a === path));
}
