import { allNodes } from '../../../common/graph-nodes.ts';
import { hasRounds, isDurableWait } from '../../../common/node-kinds.ts';
import { conditionPath, idOf, parentPath, whileOfCondition } from '../../../common/node-paths.ts';
import type { Graph, GraphNode } from '../../../host/api/api.ts';

/** What ran inside a body without being part of its drawing, by the path of the body's node. */
export type UndrawnNodes = ReadonlyMap<string, { readonly nodes: readonly GraphNode[]; readonly more: boolean }>;

/** A body can make a step of its own for each item: that many would be no drawing any more. */
const MOST = 24;

/** Paths that ran and are not in the graph, in the order they first ran; few, or else cut off. */
export function undrawnPaths(graph: Graph, ran: Iterable<string>): readonly string[] {
  const drawn = drawnPaths(graph);
  const perParent = new Map<string, number>();
  const found: string[] = [];
  for (const path of ran) {
    const parent = parentPath(path);
    if (drawn.has(path) || parent === '') continue;
    const count = (perParent.get(parent) ?? 0) + 1;
    perParent.set(parent, count);
    if (count <= MOST + 1) found.push(path);
  }
  return found;
}

/**
 * Nodes for them. Of what ran only the path is known: what has batches is a batch, what has a condition a while, what
 * has anything else in it several things at a time, and the rest are steps.
 */
export function undrawnNodes(graph: Graph, undrawn: readonly string[], batchPaths: ReadonlySet<string>): UndrawnNodes {
  const drawn = drawnPaths(graph);
  const children = new Map<string, Set<string>>();
  for (const path of undrawn) {
    for (let inner = path; inner !== '' && !drawn.has(inner); inner = parentPath(inner))
      add(children, parentPath(inner), inner);
  }
  const nodesIn = (parent: string): readonly GraphNode[] => {
    return [...(children.get(parent) ?? [])]
      .filter(path => whileOfCondition(path) === undefined)
      .slice(0, MOST)
      .map(nodeOf);
  };
  const nodeOf = (path: string): GraphNode => {
    const inner = children.get(path);
    const common = { path, id: idOf(path) };
    if (batchPaths.has(path)) return { ...common, kind: 'batch', body: { drawn: true, nodes: nodesIn(path) } };
    if (!inner) return { ...common, kind: 'step' };
    if (inner.has(conditionPath(path)))
      return { ...common, kind: 'while', body: { drawn: true, nodes: nodesIn(path) } };
    return { ...common, kind: 'parallel', members: nodesIn(path) };
  };
  const extras = new Map<string, { nodes: readonly GraphNode[]; more: boolean }>();
  for (const [parent, inner] of children) {
    if (!drawn.has(parent) || parent === '') continue;
    const nodes = nodesIn(parent);
    if (nodes.length > 0) extras.set(parent, { nodes, more: inner.size > MOST });
  }
  return extras;
}

const known = new WeakMap<Graph, ReadonlySet<string>>();

function drawnPaths(graph: Graph): ReadonlySet<string> {
  let paths = known.get(graph);
  if (!paths) {
    const found = allNodes(graph.nodes).flatMap(({ path, kind }) =>
      hasRounds(kind) || isDurableWait(kind) || kind === 'sleep' ? [path, conditionPath(path)] : [path],
    );
    known.set(graph, (paths = new Set(found)));
  }
  return paths;
}

function add(children: Map<string, Set<string>>, parent: string, child: string): void {
  const siblings = children.get(parent);
  if (siblings) siblings.add(child);
  else children.set(parent, new Set([child]));
}
