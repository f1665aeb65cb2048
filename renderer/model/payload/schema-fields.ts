import type { Bound, Bounds, Field, FieldKind, GroupField, Scalar, TextInput } from './field.ts';

/* Reads a JSON Schema, as zod and others make it, as the fields of a form. What a form has no field for is JSON. */

type Schema = Readonly<Record<string, unknown>>;

/** A schema may contain itself: deeper down, it is typed as JSON. */
const MOST_DEPTH = 5;

/** The form of a payload; undefined where the schema is not of an object, and the whole payload is typed as JSON. */
export function formOf(schema: unknown): GroupField | undefined {
  if (!isSchema(schema)) return undefined;
  const field = new Reader(schema).field('Payload', schema, true, 0);
  return field.kind === 'group' && !field.nullable ? field : undefined;
}

class Reader {
  readonly #root: Schema;

  constructor(root: Schema) {
    this.#root = root;
  }

  field(name: string, given: unknown, required: boolean, depth: number): Field {
    const { schema: inner, nullable } = withoutNull(this.#resolved(isSchema(given) ? given : {}));
    const schema = this.#resolved(inner);
    const hasDefault = Object.hasOwn(schema, 'default');
    return {
      title: textOf(schema.title) ?? name,
      description: textOf(schema.description),
      required: required && !hasDefault,
      nullable,
      default: hasDefault ? { value: schema.default } : undefined,
      ...this.#kindOf(schema, depth),
    };
  }

  #kindOf(schema: Schema, depth: number): FieldKind {
    const choices = this.#choicesOf(schema);
    if (choices) return { kind: 'choice', choices };
    switch (schema.type) {
      case 'string':
        return {
          kind: 'text',
          input: inputOf(schema.format),
          length: lengthOf(schema.minLength, schema.maxLength),
        };
      case 'number':
      case 'integer':
        return { kind: 'number', whole: schema.type === 'integer', ...boundsOf(schema) };
      case 'boolean':
        return { kind: 'choice', choices: [true, false] };
      case 'object':
        return this.#groupOf(schema, depth) ?? { kind: 'json' };
      case 'array':
        return depth < MOST_DEPTH && isSchema(schema.items) && !Array.isArray(schema.prefixItems)
          ? {
              kind: 'list',
              element: this.field('', schema.items, true, depth + 1),
              length: lengthOf(schema.minItems, schema.maxItems),
            }
          : { kind: 'json' };
      default:
        return { kind: 'json' };
    }
  }

  #groupOf(schema: Schema, depth: number): FieldKind | undefined {
    const { properties } = schema;
    if (!isSchema(properties) || depth >= MOST_DEPTH) return undefined;
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    return {
      kind: 'group',
      members: Object.entries(properties).map(([name, property]) => ({
        name,
        field: this.field(name, property, required.includes(name), depth + 1),
      })),
    };
  }

  /** The values of an enum, of a constant, or of a union of them. */
  #choicesOf(schema: Schema): Exclude<Scalar, null>[] | undefined {
    const listed = Object.hasOwn(schema, 'const') ? [schema.const] : schema.enum;
    if (Array.isArray(listed)) return listed.length > 0 && listed.every(isChoice) ? listed : undefined;
    const members = alternatives(schema)?.map(member => this.#choicesOf(this.#resolved(member)));
    return members?.every(choices => choices !== undefined) === true ? members.flat() : undefined;
  }

  /** What `$ref` refers to, and an `allOf` of objects as one object. */
  #resolved(schema: Schema): Schema {
    let found = schema;
    for (let steps = 0; typeof found.$ref === 'string' && steps < 20; steps++) {
      const { $ref, ...own } = found;
      found = { ...this.#referred($ref), ...own };
    }
    if (!Array.isArray(found.allOf) || found.properties !== undefined) return found;
    const { allOf, ...own } = found;
    const parts = (allOf as unknown[]).map(part => (isSchema(part) ? this.#resolved(part) : {}));
    if (!parts.every(part => part.type === 'object' && isSchema(part.properties))) return found;
    return {
      ...own,
      type: 'object',
      properties: Object.fromEntries(parts.flatMap(part => Object.entries(part.properties as Schema))),
      required: parts.flatMap(part => (Array.isArray(part.required) ? (part.required as unknown[]) : [])),
    };
  }

  #referred(reference: unknown): Schema {
    if (typeof reference !== 'string' || !reference.startsWith('#')) return {};
    let found: unknown = this.#root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      found = isSchema(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return isSchema(found) ? found : {};
  }
}

/** A schema without its null: `anyOf: [string, null]`, `type: ["string", "null"]` and `enum: ["a", null]` say the same. */
function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  if (schema.nullable === true) return { ...withoutNull({ ...schema, nullable: false }), nullable: true };
  if (Array.isArray(schema.type) && schema.type.length <= 2) {
    const types = (schema.type as unknown[]).filter(type => type !== 'null');
    if (types.length === 1)
      return { schema: withoutNullChoice({ ...schema, type: types[0] }), nullable: schema.type.includes('null') };
  }
  if (Array.isArray(schema.enum) && schema.enum.includes(null))
    return { schema: withoutNullChoice(schema), nullable: true };
  const members = alternatives(schema);
  const others = members?.filter(member => member.type !== 'null');
  if (!members || !others || others.length === members.length) return { schema, nullable: false };
  const { anyOf: _any, oneOf: _one, ...own } = schema;
  const [only] = others;
  return { schema: others.length === 1 ? { ...only, ...own } : { ...own, anyOf: others }, nullable: true };
}

function withoutNullChoice(schema: Schema): Schema {
  return Array.isArray(schema.enum)
    ? { ...schema, enum: (schema.enum as unknown[]).filter(choice => choice !== null) }
    : schema;
}

function alternatives(schema: Schema): readonly Schema[] | undefined {
  const members = schema.anyOf ?? schema.oneOf;
  return Array.isArray(members) && members.length > 0 && members.every(isSchema) ? members : undefined;
}

const INPUTS: Readonly<Record<string, TextInput>> = {
  date: 'date',
  time: 'time',
  'date-time': 'date-time',
  email: 'email',
  uri: 'url',
};

function inputOf(format: unknown): TextInput {
  return typeof format === 'string' && Object.hasOwn(INPUTS, format) ? (INPUTS[format] ?? 'text') : 'text';
}

function boundsOf(schema: Schema): Bounds {
  return {
    least: boundOf(schema.exclusiveMinimum, false) ?? boundOf(schema.minimum, true),
    most: boundOf(schema.exclusiveMaximum, false) ?? boundOf(schema.maximum, true),
  };
}

/** That something may be empty is no bound. */
function lengthOf(least: unknown, most: unknown): Bounds {
  return { least: least === 0 ? undefined : boundOf(least, true), most: boundOf(most, true) };
}

/** Where whole numbers stop being exact is the bound of each of them, which schemas need not say. */
function boundOf(value: unknown, allowed: boolean): Bound | undefined {
  const bound = numberOf(value);
  return bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? undefined : { value: bound, allowed };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isChoice(value: unknown): value is Exclude<Scalar, null> {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
