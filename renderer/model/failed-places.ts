import type { BatchMap } from './run-model.ts';

type Place = { readonly node: number; readonly index: number };

/**
 * Where to look for the next or the previous failed batch: first in the node of the batch in view, on from it, and then
 * in the nodes after it, or before it, each from its end that is nearer. Nodes are numbered in the order in which they began.
 */
export function placesToSearch(
  maps: readonly Pick<BatchMap, 'node' | 'length'>[],
  place: Place | undefined,
  direction: 'next' | 'previous',
): readonly { readonly node: number; readonly from: number }[] {
  const isNext = direction === 'next';
  const ordered = maps.toSorted((a, b) => (isNext ? a.node - b.node : b.node - a.node));
  const first = place ? ordered.findIndex(({ node }) => node === place.node) : 0;
  return ordered
    .slice(Math.max(0, first))
    .map(({ node, length }) => ({ node, from: node === place?.node ? place.index : isNext ? -1 : length }));
}
