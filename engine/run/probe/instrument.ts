/** Items that note which of them is read. */
export interface Instrumented {
  readonly items: unknown[];
  /** The one that was read last, and which of its members, if one was. */
  readonly last: () => LastRead | undefined;
}

export interface LastRead {
  readonly index: number;
  readonly member: string | undefined;
}

/**
 * An ordinary array, in which reading an element, or a member of an element, is noted. Only suggests an item at fault: the
 * elements are proxies, by which a body may fail that does not fail by itself. What is no plain object is left as it is: the
 * methods of a Map or a Date do not work on a proxy.
 */
export function instrument(items: readonly unknown[]): Instrumented {
  let last: LastRead | undefined;
  const watched = items.map((item, index) =>
    isPlain(item)
      ? new Proxy(item, {
          get(target, key, receiver) {
            if (typeof key === 'string') last = { index, member: key };
            return Reflect.get(target, key, receiver) as unknown;
          },
        })
      : item,
  );
  for (const [index, item] of watched.entries()) {
    Object.defineProperty(watched, index, {
      enumerable: true,
      configurable: true,
      get() {
        last = { index, member: undefined };
        return item;
      },
      set(value: unknown) {
        Object.defineProperty(watched, index, { value, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  return { items: watched, last: () => last };
}

function isPlain(item: unknown): item is object {
  if (typeof item !== 'object' || item === null) return false;
  if (Array.isArray(item)) return true;
  const prototype: unknown = Object.getPrototypeOf(item);
  return prototype === Object.prototype || prototype === null;
}
