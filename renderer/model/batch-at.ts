/** A batch to be inspected, by its place: the workflow itself is around none. */
export function batchAt({ node, index, parent }: { node: number; index: number; parent: number }) {
  return { kind: 'batch', node, index, ...(parent !== 0 && { parent }) } as const;
}
