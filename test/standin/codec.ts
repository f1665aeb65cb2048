/** What is sent, as text: `[value, objects]`, where objects that occur twice are one. */
type Wire =
  | null
  | boolean
  | string
  | number
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly undefined: true }
  | { readonly ref: number };
type Kept =
  | readonly ['array' | 'set', readonly Wire[]]
  | readonly ['object', readonly (readonly [string, Wire])[]]
  | readonly ['map', readonly (readonly [Wire, Wire])[]]
  | readonly ['date', number]
  | readonly ['regexp', string, string]
  | readonly ['error', string, string, string | undefined]
  | readonly ['buffer', string]
  | readonly ['view', string, string];

export interface Codec {
  /** @throws as Electron does, for what cannot be cloned */
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** Structured clones as text. The page has this function as well, by its text: it must stand by itself. */
export function makeCodec(): Codec {
  const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
  const fromBase64 = (text: string) => Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const classOf = (name: string) =>
    (globalThis as unknown as Record<string, new (...args: readonly unknown[]) => unknown>)[name];

  function encode(value: unknown): string {
    let cloned: unknown;
    try {
      cloned = structuredClone(value);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    const objects: (Kept | null)[] = [];
    const seen = new Map<unknown, number>();
    const put = (part: unknown): Wire => {
      if (part === null || typeof part === 'boolean' || typeof part === 'string') return part;
      if (typeof part === 'number')
        return Number.isFinite(part) && !Object.is(part, -0)
          ? part
          : { number: Object.is(part, -0) ? '-0' : String(part) };
      if (part === undefined) return { undefined: true };
      if (typeof part === 'bigint') return { bigint: String(part) };
      const known = seen.get(part);
      if (known !== undefined) return { ref: known };
      const ref = objects.push(null) - 1;
      seen.set(part, ref);
      objects[ref] = keep(part as object, put);
      return { ref };
    };
    return JSON.stringify([put(cloned), objects]);
  }

  function keep(object: object, put: (part: unknown) => Wire): Kept {
    if (Array.isArray(object)) return ['array', object.map(put)];
    if (object instanceof Date) return ['date', object.getTime()];
    if (object instanceof RegExp) return ['regexp', object.source, object.flags];
    if (object instanceof Map) return ['map', [...object].map(([key, value]) => [put(key), put(value)] as const)];
    if (object instanceof Set) return ['set', [...object].map(put)];
    if (object instanceof Error) return ['error', object.name, object.message, object.stack];
    if (object instanceof ArrayBuffer) return ['buffer', toBase64(new Uint8Array(object))];
    if (ArrayBuffer.isView(object))
      return [
        'view',
        object.constructor.name,
        toBase64(new Uint8Array(object.buffer, object.byteOffset, object.byteLength)),
      ];
    return ['object', Object.entries(object).map(([key, value]) => [key, put(value)] as const)];
  }

  function decode(text: string): unknown {
    const [root, objects] = JSON.parse(text) as [Wire, Kept[]];
    const made: unknown[] = [];
    const get = (wire: Wire): unknown => {
      if (wire === null || typeof wire !== 'object') return wire;
      if ('undefined' in wire) return undefined;
      if ('number' in wire) return Number(wire.number);
      if ('bigint' in wire) return BigInt(wire.bigint);
      if (!(wire.ref in made)) make(wire.ref);
      return made[wire.ref];
    };
    const make = (ref: number): void => {
      const kept = objects[ref];
      if (!kept) return;
      switch (kept[0]) {
        case 'array': {
          const array: unknown[] = [];
          made[ref] = array;
          for (const part of kept[1]) array.push(get(part));
          break;
        }
        case 'set': {
          const set = new Set();
          made[ref] = set;
          for (const part of kept[1]) set.add(get(part));
          break;
        }
        case 'map': {
          const map = new Map();
          made[ref] = map;
          for (const [key, value] of kept[1]) map.set(get(key), get(value));
          break;
        }
        case 'object': {
          const object = {};
          made[ref] = object;
          for (const [key, value] of kept[1])
            Object.defineProperty(object, key, {
              value: get(value),
              writable: true,
              enumerable: true,
              configurable: true,
            });
          break;
        }
        case 'date':
          made[ref] = new Date(kept[1]);
          break;
        case 'regexp':
          made[ref] = new RegExp(kept[1], kept[2]);
          break;
        case 'error': {
          const error = new Error(kept[2]);
          error.name = /^(?:Eval|Range|Reference|Syntax|Type|URI)?Error$/.test(kept[1]) ? kept[1] : 'Error';
          error.stack = kept[3] ?? '';
          made[ref] = error;
          break;
        }
        case 'buffer':
          made[ref] = fromBase64(kept[1]).buffer;
          break;
        case 'view': {
          const { buffer } = fromBase64(kept[2]);
          const View = classOf(kept[1] === 'Buffer' ? 'Uint8Array' : kept[1]);
          made[ref] = View ? new View(buffer) : buffer;
          break;
        }
      }
    };
    return get(root);
  }

  return { encode, decode };
}
