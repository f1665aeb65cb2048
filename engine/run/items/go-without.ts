import { nodesInside } from '../../../common/graph-nodes.ts';
import type { Graph, GraphNode } from '../../../common/graph.ts';
import { counted, ITEM } from '../../../common/format.ts';
import { batchLine } from '../../store/batch-queries.ts';
import { currentFindings } from '../../store/findings.ts';
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
const MOST_ITEMS = 10_000;

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
  if (paths.size === 0) return [];
  const marked = currentFindings(db, run, MOST_ITEMS).filter(
    ({ node, found }) => found === 'marked' && paths.has(node),
  );
  return [...Map.groupBy(marked, ({ scope }) => scope)].flatMap(([scope, findings]) => {
    const gone = itemsGone(db, run, scope).length;
    const all = (batchLine(db, run, scope)?.items ?? 0) + gone;
    const most = Math.max(1, Math.floor(all * LARGEST_SHARE));
    return gone + findings.length > most ? [] : findings.map(({ item }) => ({ scope, item }));
  });
}

export function goesWithoutText(items: number): string {
  return `${counted(items, ITEM)} ${items === 1 ? 'is' : 'are'} set aside (onItemError): the batches run again without ${items === 1 ? 'it' : 'them'}`;
}
