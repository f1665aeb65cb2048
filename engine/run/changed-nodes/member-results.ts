import type { Graph } from '../../../common/graph.ts';
import { hasMembers } from '../../../common/node-kinds.ts';
import { idOf, lastPart, parentPath } from '../../../common/node-paths.ts';
import type { RerunChanges } from '../../store/rerun-changes.ts';
import type { RerunReader } from '../../store/rerun-reader.ts';
import type { NodeLine } from '../../store/run-queries.ts';
import type { Moved } from './changes.ts';
import { nodesByPath } from './nodes-by-path.ts';

/**
 * Takes the results of a `parallel` out of use whose members have other names or places now, or are more: it has their
 * outputs under the old names. The members keep theirs, from which it is made again.
 */
export function remakeResultsOf(stored: RerunReader, changes: RerunChanges, now: Graph, moved: Moved): void {
  const nodes = stored.nodes();
  const drawn = nodesByPath(now);
  for (const parallel of nodes) {
    // The result of a race is its winner's, without a name.
    if (!hasMembers(parallel.kind) || parallel.kind === 'race') continue;
    const members = nodes.filter(({ path }) => parentPath(path) === parallel.path);
    const isAnother =
      members.some(member => isElsewhere(member, moved)) ||
      drawn.get(parallel.path)?.members?.some(({ path }) => !members.some(member => member.path === path));
    if (!isAnother) continue;
    for (const { scope, attempt } of stored.unfinishedResultsOf(parallel.node)) {
      // Where a member failed, the result is that of `onError`.
      const isOfAll = members.every(member => stored.checkpoint(scope, member.node) !== undefined);
      if (isOfAll) changes.supersedeStep(scope, parallel.node, attempt);
    }
  }
}

function isElsewhere({ node, path }: NodeLine, moved: Moved): boolean {
  const old = moved.get(node);
  return old !== undefined && idOf(lastPart(old)) !== idOf(lastPart(path));
}
