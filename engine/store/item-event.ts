/** Where an item stands, and what the author calls it. */
interface ItemOfEvent {
  /** Node path. */
  readonly node: string;
  /** The index of its batch among its siblings. */
  readonly batch: number;
  /** The batches and rounds that its batch stands in, outermost first. */
  readonly around?: readonly { readonly node: string; readonly index: number }[];
  /** Null: no item, but the batch. */
  readonly item: number | null;
  readonly position: number | null;
  readonly label: string | null | undefined;
}

/** A JSON line about an item: each begins with where it stands. @param said What this kind of line says of it */
export function itemEvent(
  event: 'item' | 'set-aside',
  { node, batch, around = [], item, position, label }: ItemOfEvent,
  said: object,
): { readonly event: typeof event; readonly [member: string]: unknown } {
  return { event, node, batch, ...(around.length > 0 && { around }), item, position, label: label ?? null, ...said };
}
