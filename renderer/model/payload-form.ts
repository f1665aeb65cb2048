/** A field of a payload form. Values are kept as the text a person types; `fromFields` turns them into JSON. */
export type Field = {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly initial: string;
} & (
  | { readonly kind: 'text'; readonly date: boolean }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Anything a form has no field for is typed as JSON. */
  | { readonly kind: 'json' }
);

/** The fields of a JSON Schema of an object; undefined where there is no such schema, and the payload is typed as JSON. */
export function fieldsOf(schema: unknown): readonly Field[] | undefined {
  if (!isRecord(schema) || schema.type !== 'object' || !isRecord(schema.properties)) return undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const given = isRecord(property) ? property : {};
    const hasDefault = 'default' in given;
    return {
      name,
      title: typeof given.title === 'string' ? given.title : name,
      description: typeof given.description === 'string' ? given.description : undefined,
      required: required.includes(name) && !hasDefault,
      ...kindOf(given),
      initial: initialOf(given),
    };
  });
}

/** The payload as JSON, or what is wrong with what was typed. */
export function fromFields(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): { ok: true; json: string } | { ok: false; why: string } {
  const payload: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name] ?? '';
    if (value === '' && field.kind !== 'boolean') {
      if (field.required && field.kind !== 'text') return { ok: false, why: `${field.title} is required.` };
      if (field.required) payload[field.name] = '';
      continue;
    }
    try {
      payload[field.name] = valueOf(field, value);
    } catch (error) {
      return { ok: false, why: `${field.title}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return { ok: true, json: JSON.stringify(payload) };
}

function valueOf(field: Field, value: string): unknown {
  switch (field.kind) {
    case 'number':
      return Number(value);
    case 'boolean':
      return value === 'true';
    case 'json':
      return JSON.parse(value) as unknown;
    case 'text':
    case 'choice':
      return value;
  }
}

function kindOf(
  schema: Record<string, unknown>,
):
  | { kind: 'text'; date: boolean }
  | { kind: 'number'; whole: boolean }
  | { kind: 'boolean' }
  | { kind: 'choice'; choices: string[] }
  | { kind: 'json' } {
  if (Array.isArray(schema.enum) && schema.enum.every(choice => typeof choice === 'string'))
    return { kind: 'choice', choices: schema.enum };
  switch (schema.type) {
    case 'string':
      return { kind: 'text', date: schema.format === 'date' };
    case 'number':
      return { kind: 'number', whole: false };
    case 'integer':
      return { kind: 'number', whole: true };
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return { kind: 'json' };
  }
}

function initialOf(schema: Record<string, unknown>): string {
  if (!('default' in schema)) return schema.type === 'boolean' ? 'false' : '';
  return typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
