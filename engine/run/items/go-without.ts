import { nodesInside } from '../../../common/graph-nodes.ts';
import type { Graph, GraphNode } from '../../../common/graph.ts';
import { counted, ITEM } from '../../../common/format.ts';
import { markedBatches, markedItems, type MarkedBatch } from '../../store/findings.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { itemsGone } from '../../store/set-aside.ts';
import type { ItemPlace } from '../rerun/request.ts';

/*
 * `onItemError: 'set-aside'`: when all batches of a node have come to an end, those that failed for items which their steps have
 * named run again without them, before the run goes on. It is a re-run as a person could have asked for it, so that all that holds
 * for a re-run holds here: what a batch has written is taken back, and a kill leaves none or all of it done.
 */

/** So often in one process: `ctx.item` names one item of a batch at a time. */
export const MOST_ROUNDS = 10;
/** Where more items of a batch fail, it is likely not the items: the service is down, or the step is wrong. */
const LARGEST_SHARE = 0.5;

/** Paths of the batch nodes whose items are set aside by themselves. */
export function nodesThatGoWithout({ nodes }: Graph): ReadonlySet<string> {
  const all = (of: readonly GraphNode[]): GraphNode[] => of.flatMap(node => [node, ...all(nodesInside(node))]);
  return new Set(
    all(nodes)
      .filter(({ settings }) => settings?.onItemError === 'set-aside')
      .map(({ path }) => path),
  );
}

/** The items of failed batches of these nodes that are to be set aside. */
export function itemsToGoWithout(db: StoreDatabase, run: number, paths: ReadonlySet<string>): ItemPlace[] {
  return Array.from(batchesToGoWithout(db, run, paths), batch =>
    markedItems(db, run, batch).map((item): ItemPlace => ({ scope: batch.scope, item })),
  ).flat();
}

/** Whether there are any: asked when a node has come to its end, whatever the number of its failed batches. */
export function hasItemsToGoWithout(db: StoreDatabase, run: number, paths: ReadonlySet<string>): boolean {
  return batchesToGoWithout(db, run, paths).next().done !== true;
}

function* batchesToGoWithout(
  db: StoreDatabase,
  run: number,
  paths: ReadonlySet<string>,
): Generator<MarkedBatch, undefined> {
  if (paths.size === 0) return;
  for (const batch of markedBatches(db, run, paths)) {
    const gone = itemsGone(db, run, batch.scope).length;
    const most = Math.max(1, Math.floor((batch.items + gone) * LARGEST_SHARE));
    if (gone + batch.marked <= most) yield batch;
  }
}

export function goesWithoutText(items: number): string {
  return `${counted(items, ITEM)} ${items === 1 ? 'is' : 'are'} set aside (onItemError): the batches run again without ${items === 1 ? 'it' : 'them'}`;
}
