/*
 * Plain data with typed arrays as bytes, for the parts of an exported file: JSON, and behind it the arrays. Whole numbers are
 * written as the differences from one to the next, in as few bytes as they need: times and indices of a million batches that
 * are in order are then a byte or two each, and most of them alike.
 */

const KINDS = { u8: Uint8Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type Kind = keyof typeof KINDS;
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Where an array belongs, what it is, and how it is written. */
interface ArrayEntry {
  readonly path: readonly (string | number)[];
  readonly kind: Kind;
  readonly length: number;
  readonly bytes: number;
  readonly isPlain: boolean;
}

interface Head {
  readonly value: unknown;
  readonly arrays: readonly ArrayEntry[];
}

export function encodeParts(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: ArrayEntry[] = [];
  const written: Uint8Array[] = [];
  const plain = withoutArrays(value, [], (path, kind, column) => {
    const differences = kind === 'u8' ? undefined : differencesOf(column);
    const bytes = differences ?? new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    arrays.push({ path, kind, length: column.length, bytes: bytes.length, isPlain: differences === undefined });
    written.push(bytes);
  });
  const head = new TextEncoder().encode(JSON.stringify({ value: plain, arrays } satisfies Head));
  const all = new Uint8Array(4 + head.length + written.reduce((sum, { length }) => sum + length, 0));
  new DataView(all.buffer).setUint32(0, head.length, true);
  all.set(head, 4);
  let at = 4 + head.length;
  for (const bytes of written) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** @throws where the bytes are not what `encodeParts` writes */
export function decodeParts(bytes: Uint8Array<ArrayBuffer>): unknown {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const { value, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Head;
  let at = 4 + length;
  for (const { path, kind, length: count, bytes: size, isPlain } of arrays) {
    if (at + size > bytes.length || count > size * 8) throw new Error('It ends too early.');
    const own = bytes.slice(at, at + size);
    put(value, path, isPlain ? new KINDS[kind](own.buffer) : summedUp(own, new KINDS[kind](count)));
    at += size;
  }
  return value;
}

function withoutArrays(
  value: unknown,
  path: readonly (string | number)[],
  found: (path: readonly (string | number)[], kind: Kind, column: Column) => void,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const kind of Object.keys(KINDS) as Kind[])
    if (value instanceof KINDS[kind]) {
      found(path, kind, value as Column);
      return null;
    }
  if (Array.isArray(value)) return value.map((part, index) => withoutArrays(part, [...path, index], found));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutArrays(part, [...path, key], found)]),
  );
}

function put(value: unknown, path: readonly (string | number)[], column: Column): void {
  const last = path.at(-1);
  let holder = value;
  for (const key of path.slice(0, -1)) holder = own(holder, key);
  if (last === undefined || typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, last))
    throw new Error('An array has no place.');
  Reflect.set(holder, last, column);
}

function own(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key))
    throw new Error('An array has no place.');
  return Reflect.get(holder, key);
}

/** Undefined where not all are whole numbers that can be told exactly. */
function differencesOf(column: Column): Uint8Array | undefined {
  // At most eight bytes of seven bits each are needed for a difference of two safe integers.
  let bytes = new Uint8Array(column.length * 2 + 16);
  let at = 0;
  let before = 0;
  for (const value of column) {
    if (!Number.isSafeInteger(value) || Math.abs(value) > 2 ** 51 || Object.is(value, -0)) return undefined;
    const difference = value - before;
    before = value;
    // 0, -1, 1, -2, 2: small ones are short, whichever way they go.
    let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
    if (at + 8 > bytes.length) {
      const longer = new Uint8Array(bytes.length * 2);
      longer.set(bytes);
      bytes = longer;
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

function summedUp(bytes: Uint8Array, column: Column): Column {
  let at = 0;
  let value = 0;
  for (let index = 0; index < column.length; index++) {
    let rest = 0;
    for (let factor = 1, byte = 0x80; byte >= 0x80; factor *= 0x80) {
      byte = bytes[at++] ?? 0;
      rest += (byte & 0x7f) * factor;
    }
    value += rest % 2 === 1 ? -(rest + 1) / 2 : rest / 2;
    column[index] = value;
  }
  return column;
}
