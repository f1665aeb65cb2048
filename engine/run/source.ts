import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { ItemsContext } from './context.ts';

/** Items one after the other; and how many there are, where that is known. */
export interface ItemSource {
  /** All that are still to come; undefined for a stream. */
  readonly known: number | undefined;
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  /** Lets a generator execute its `finally`, and a stream close its file. */
  close(): Promise<void>;
}

/**
 * Opens the items of a batch node, after those that were split before an interruption. A function of the author's that reads
 * `ctx.resume.offset` skips them itself; for any other, this function skips them.
 */
export async function openSource(node: BatchNode, context: ItemsContext): Promise<ItemSource> {
  const { offset } = context;
  const given: unknown = await (typeof node.items === 'function'
    ? (node.items as (context: ItemsContext) => unknown)(context)
    : node.items);
  if (Array.isArray(given)) {
    const from = context.offsetWasRead ? 0 : offset;
    return fromIterator((from === 0 ? given : given.slice(from))[Symbol.iterator](), Math.max(0, given.length - from));
  }
  const iterator = iteratorOf(node, given);
  const source = fromIterator(iterator, undefined);
  if (offset === 0) return source;
  // A generator reads the offset when its first item is pulled, not before.
  const first = await source.next();
  if (first.done) return source;
  if (context.offsetWasRead) return prepend(first, source);
  for (let skipped = 1; skipped < offset; skipped++) {
    if ((await source.next()).done) break;
  }
  return source;
}

function iteratorOf(node: BatchNode, given: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) return (given as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    if (Symbol.iterator in given) return (given as Iterable<unknown>)[Symbol.iterator]();
  }
  const hint =
    typeof given === 'object' && given !== null
      ? ' For the values of an object, return Object.values(it).'
      : given === undefined
        ? ' Does the function return something?'
        : '';
  throw new TypeError(
    `items of ${node.kind} ${describeValue(node.id)} is ${describeValue(given)}. It must be an array, an iterable ` +
      `or an async iterable.${hint}`,
  );
}

function fromIterator(iterator: Iterator<unknown> | AsyncIterator<unknown>, known: number | undefined): ItemSource {
  return {
    known,
    next: () => iterator.next(),
    close: async () => {
      await iterator.return?.();
    },
  };
}

function prepend(first: IteratorResult<unknown>, source: ItemSource): ItemSource {
  let pending: IteratorResult<unknown> | undefined = first;
  return {
    ...source,
    next() {
      const result = pending ?? source.next();
      pending = undefined;
      return result;
    },
  };
}
