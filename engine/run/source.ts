import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { ItemsContext } from './context.ts';

export type ItemSource = ItemList | ItemStream;

/** An array: all its items are there. */
export interface ItemList {
  /** All that are still to come. */
  readonly known: number;
  /** The next items, up to so many. */
  take(count: number): unknown[];
  /** Whether none is left. */
  readonly isAtEnd: boolean;
}

/** Items one after the other. */
export interface ItemStream {
  readonly known: undefined;
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
    return new ListSource(given, context.offsetWasRead ? 0 : offset);
  }
  const iterator = iteratorOf(node, given);
  const source = fromIterator(iterator);
  if (offset === 0) return source;
  // A generator reads the offset when its first item is pulled, not before.
  const first = await source.next();
  checkResult(node, first);
  if (first.done) return source;
  if (context.offsetWasRead) return prepend(first, source);
  for (let skipped = 1; skipped < offset; skipped++) {
    const result = await source.next();
    checkResult(node, result);
    if (result.done) break;
  }
  return source;
}

/** What gives its items only once and was opened before: in another batch, another round, another node. */
const opened = new WeakSet<object>();

/** @throws TypeError when the items of `given` are read a second time: there are none left, and the run would complete without them. */
function openOnce(node: BatchNode, given: object, iterator: object): void {
  // A generator is its own iterator. A stream makes iterators, and gives its items only once all the same.
  const isOnce = iterator === given || 'pipe' in given || 'getReader' in given;
  if (!isOnce) return;
  const wasRead = opened.has(given) || ('readableDidRead' in given && given.readableDidRead === true);
  opened.add(given);
  if (!wasRead) return;
  throw new TypeError(
    `items of ${node.kind} ${describeValue(node.id)} is a generator, an iterator or a stream that was read already, ` +
      `and each gives its items only once. Give a function that makes a new one: items: () => …`,
  );
}

function iteratorOf(node: BatchNode, given: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  if (typeof given === 'object' && given !== null) {
    const iterator =
      Symbol.asyncIterator in given
        ? (given as AsyncIterable<unknown>)[Symbol.asyncIterator]()
        : Symbol.iterator in given
          ? (given as Iterable<unknown>)[Symbol.iterator]()
          : undefined;
    if (iterator) {
      openOnce(node, given, iterator);
      return iterator;
    }
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

/** @throws TypeError where an iterator gave no result: read as one, it would be an item of nothing, and never the end. */
export function checkResult(node: BatchNode, result: unknown): void {
  if (typeof result === 'object' && result !== null) return;
  throw new TypeError(
    `items of ${node.kind} ${describeValue(node.id)}: its iterator gave ${describeValue(result)}. It must give objects: ` +
      '{ value, done }.',
  );
}

/** Reads the array as it is at each moment, as an iterator does, whose results took 0.5 kB for a batch of ten items. */
class ListSource implements ItemList {
  readonly known: number;
  readonly #items: readonly unknown[];
  #next: number;

  constructor(items: readonly unknown[], from: number) {
    this.#items = items;
    this.#next = from;
    this.known = Math.max(0, items.length - from);
  }

  take(count: number): unknown[] {
    const end = Math.min(this.#next + count, this.#items.length);
    const taken: unknown[] = [];
    for (let at = this.#next; at < end; at++) taken.push(this.#items[at]);
    this.#next += count;
    return taken;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#items.length;
  }
}

function fromIterator(iterator: Iterator<unknown> | AsyncIterator<unknown>): ItemStream {
  return {
    known: undefined,
    next: () => iterator.next(),
    close: async () => {
      await iterator.return?.();
    },
  };
}

function prepend(first: IteratorResult<unknown>, source: ItemStream): ItemStream {
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
