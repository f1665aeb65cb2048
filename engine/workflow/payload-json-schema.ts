import type { PayloadSchema } from './nodes.ts';

/*
 * What zod adds to Standard JSON Schema. Without it, one member that JSON has no word for (a Date, a BigInt, a Map) would
 * leave the whole payload undescribed: this way only that member is.
 */
const libraryOptions = {
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void => {
    const kind = member(member(zodSchema, '_zod'), 'def');
    if (member(kind, 'coerce') !== true) return;
    // What is made of a text can be given as a text.
    if (member(kind, 'type') === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    if (member(kind, 'type') === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?[0-9]+$' });
  },
};

/** The JSON Schema of what a run is given; undefined for a schema that does not describe itself: the payload is plain JSON. */
export function payloadJsonSchema(schema: PayloadSchema | undefined): unknown {
  const jsonSchema = member(schema?.['~standard'], 'jsonSchema');
  const input = member(jsonSchema, 'input');
  if (typeof input !== 'function') return undefined;
  try {
    return Reflect.apply(input, jsonSchema, [{ target: 'draft-2020-12', libraryOptions }]) as unknown;
  } catch {
    // A schema that cannot describe itself still checks payloads.
    return undefined;
  }
}

function member(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? (Reflect.get(of, key) as unknown) : undefined;
}
