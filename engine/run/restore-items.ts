/** Gives an item back what it was. The author's closures refer to this very object, so it is changed and not replaced. */
export function restoreInPlace(item: unknown, original: unknown): void {
  if (item instanceof Map && original instanceof Map) {
    item.clear();
    for (const [key, value] of original) item.set(key, value);
  } else if (item instanceof Set && original instanceof Set) {
    item.clear();
    for (const value of original) item.add(value);
  } else if (item instanceof Date && original instanceof Date) {
    item.setTime(original.getTime());
  } else if (
    typeof item === 'object' &&
    item !== null &&
    typeof original === 'object' &&
    original !== null &&
    !Object.isFrozen(item)
  ) {
    if (Array.isArray(item)) item.length = 0;
    else for (const key of Reflect.ownKeys(item)) Reflect.deleteProperty(item, key);
    Object.assign(item, original);
  }
}
