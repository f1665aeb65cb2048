/* Items as a table: a column for each path that some item has. */

export type Kind = 'missing' | 'null' | 'a text' | 'a number' | 'a yes or no' | 'a date' | 'a list' | 'an object';

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'string':
      return 'a text';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'boolean':
      return 'a yes or no';
    default:
      if (value === null) return 'null';
      if (value instanceof Date) return 'a date';
      return Array.isArray(value) ? 'a list' : 'an object';
  }
}

export interface Column {
  /** The keys that lead from an item to the value. */
  readonly keys: readonly string[];
  /** One value an item. */
  readonly values: readonly unknown[];
}

export interface ColumnLimits {
  readonly paths: number;
  readonly depth: number;
}

/** The columns of the items; objects on the way to a value take none of the `paths`. */
export function columnsOf(items: readonly unknown[], { paths, depth }: ColumnLimits): Column[] {
  const columns = new Map<string, { keys: readonly string[]; values: unknown[] }>();
  let room = paths;
  const visit = (keys: readonly string[], row: number, value: unknown): void => {
    const isObject = kindOf(value) === 'an object';
    const name = JSON.stringify(keys);
    let column = columns.get(name);
    if (!column) {
      if (!isObject && room-- <= 0) return;
      columns.set(name, (column = { keys, values: Array.from({ length: items.length }) }));
    }
    column.values[row] = value;
    if (!isObject || keys.length >= depth) return;
    for (const [key, inner] of Object.entries(value as object)) visit([...keys, key], row, inner);
  };
  items.forEach((item, row) => visit([], row, item));
  return [...columns.values()];
}

/** The value that keys lead to in an item. */
export function valueAt(item: unknown, keys: readonly string[]): unknown {
  return keys.reduce(
    (value, key) => (kindOf(value) === 'an object' ? (value as Record<string, unknown>)[key] : undefined),
    item,
  );
}
