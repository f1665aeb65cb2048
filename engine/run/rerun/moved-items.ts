import type { MovedItems, RerunReport } from './request.ts';
import type { MovedOfBatch } from './reopening.ts';
import type { RunNodes } from './run-nodes.ts';

/** So many are named in a plan. */
const NAMED = 20;

/** What a plan says of items that are set aside or taken back in. */
export function movedItems(nodes: RunNodes, moved: readonly MovedOfBatch[]): Pick<RerunReport, 'setAside' | 'takenIn'> {
  return { setAside: byNode(nodes, moved, 'aside'), takenIn: byNode(nodes, moved, 'back') };
}

function byNode(nodes: RunNodes, moved: readonly MovedOfBatch[], which: 'aside' | 'back'): MovedItems[] {
  const some = moved.filter(one => one[which].length > 0);
  return Array.from(
    Map.groupBy(some, ({ batch }) => batch.node),
    ([node, batches]) => ({
      path: nodes.path(node),
      items: batches.reduce((total, one) => total + one[which].length, 0),
      batches: batches.length,
      names: batches.flatMap(one => one[which].map(item => nameOf(one, item))).slice(0, NAMED),
    }),
  );
}

function nameOf({ batch }: MovedOfBatch, item: { readonly item: number; readonly label?: string | undefined }): string {
  return item.label ?? `${batch.index}:${item.item}`;
}
