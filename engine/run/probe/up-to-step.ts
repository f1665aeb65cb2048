import { nodePath } from '../../../common/node-paths.ts';
import type { FlowNode } from '../../workflow/nodes.ts';
import type { Run } from '../run.ts';
import type { Scope } from '../scope.ts';

type Numbers = Pick<Run['numbering'], 'findNode'>;

/** Whether a chain has a node of this path, or a node inside which it is. */
export function hasStep(nodes: readonly FlowNode[], scopePath: string, target: string): boolean {
  return nodes.some(node => reaches(node, scopePath, target));
}

/**
 * Takes the results of a node, and of those after it in its chain, from a scope: what stands before it is not executed again, and
 * it is.
 */
export function forgetFrom(numbering: Numbers, scope: Scope, nodes: readonly FlowNode[], target: string): void {
  let isReached = false;
  for (const node of nodes) {
    const path = nodePath(scope.path, node.id);
    if (isReached) forgetAll(numbering, scope, node);
    else if (reaches(node, scope.path, target)) {
      isReached = true;
      // The way that an `if` has taken stays, unless the question is why it took it.
      if (node.kind !== 'if' || path === target) forget(numbering, scope, path);
      if (path === target) forgetAll(numbering, scope, node);
      // The other members of a parallel do not depend on it.
      else forget(numbering, scope, target);
      if (node.kind === 'if' && path !== target)
        for (const branch of node.branches) forgetFrom(numbering, scope, branch.nodes, target);
    }
  }
}

function reaches(node: FlowNode, scopePath: string, target: string): boolean {
  const path = nodePath(scopePath, node.id);
  if (path === target) return true;
  switch (node.kind) {
    case 'if':
      return node.branches.some(branch => hasStep(branch.nodes, scopePath, target));
    case 'parallel':
    case 'race':
      return node.members.some(member => nodePath(path, member.id) === target);
    case 'while':
      return target.startsWith(`${path}/`);
    default:
      return false;
  }
}

function forgetAll(numbering: Numbers, scope: Scope, node: FlowNode): void {
  const path = nodePath(scope.path, node.id);
  forget(numbering, scope, path);
  if (node.kind === 'if')
    for (const branch of node.branches) for (const inner of branch.nodes) forgetAll(numbering, scope, inner);
  if (node.kind === 'parallel' || node.kind === 'race')
    for (const member of node.members) forget(numbering, scope, nodePath(path, member.id));
}

function forget(numbering: Numbers, scope: Scope, path: string): void {
  const id = numbering.findNode(path);
  if (id !== undefined) scope.checkpoints.delete(id);
}
