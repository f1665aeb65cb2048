import { encode, encodeList, NotDataError } from '../store/codec.ts';
import { describeValue } from '../workflow/errors.ts';

const NAME = 'UnstorableItem';

/**
 * The codec's text of a batch's items. An item that cannot be stored is stored as the reason why: its batch fails with
 * it, and the others go on. @throws NotDataError for what is no item's fault, such as the size of all together
 * @param position Of the first of them in the source, from 0
 */
export function encodeItems(items: readonly unknown[], node: string, position: number): string {
  try {
    return encodeList(items, 'items');
  } catch (error) {
    if (!(error instanceof NotDataError)) throw error;
    const storable = items.map((item, index) => storableItem(item, node, position + index));
    if (storable.every((item, index) => item === items[index])) throw error;
    return encodeList(storable, 'items');
  }
}

function storableItem(item: unknown, node: string, position: number): unknown {
  try {
    encode(item, 'item');
    return item;
  } catch (error) {
    if (!(error instanceof NotDataError)) throw error;
    const reason = new Error(`Item ${position} of ${describeValue(node)}, counted from 0: ${error.message}`);
    return Object.assign(reason, { name: NAME, stack: undefined });
  }
}

/** @throws what stands in the place of an item that could not be stored */
export function refuseUnstorable(items: readonly unknown[]): void {
  const reason = items.find(isUnstorable);
  if (reason !== undefined) throw reason;
}

export function isUnstorable(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === NAME;
}
