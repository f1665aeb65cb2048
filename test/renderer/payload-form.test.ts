import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { draftOf, emptyGroup, groupDraftOf, type Draft, type GroupDraft } from '../../renderer/model/payload/draft.ts';
import type { GroupField } from '../../renderer/model/payload/field.ts';
import { besideFields } from '../../renderer/model/payload/issue-places.ts';
import { payloadOf } from '../../renderer/model/payload/payload-of.ts';
import { formOf } from '../../renderer/model/payload/schema-fields.ts';

/** The form of a zod schema, as a workflow's graph has it. */
function form(schema: z.ZodType): GroupField {
  const found = formOf(z.toJSONSchema(schema, { io: 'input' }));
  if (!found) throw new Error('no form');
  return found;
}

const text = (typed: string): Draft => ({ kind: 'text', text: typed });

/** What is sent, and what is wrong, after a person has filled in some fields. */
function sent(schema: z.ZodType, typed: Readonly<Record<string, Draft>> = {}) {
  const fields = form(schema);
  const draft: GroupDraft = { kind: 'group', members: { ...emptyGroup(fields).members, ...typed } };
  const { value, errors } = payloadOf(fields, draft);
  return errors.size === 0 ? value : Object.fromEntries(errors);
}

describe('the form of a payload', () => {
  test('has a field that fits each property', () => {
    const fields = form(
      z.object({
        name: z.string().meta({ title: 'Your name', description: 'As on the letter' }),
        since: z.iso.date().optional(),
        seats: z.int().min(1).max(10).default(2),
        rate: z.number().gt(0).optional(),
        dry: z.boolean(),
        mode: z.enum(['fast', 'safe']).nullable(),
        level: z.union([z.literal(1), z.literal(2)]),
        shops: z.array(z.string()).min(1).max(3),
        code: z.string().length(5),
        address: z.object({ zip: z.string() }),
        extra: z.record(z.string(), z.number()),
        either: z.union([z.string(), z.number()]),
      }),
    );
    const members = Object.fromEntries(fields.members.map(({ name, field }) => [name, field]));
    expect(members).toMatchObject({
      name: { kind: 'text', title: 'Your name', description: 'As on the letter', required: true, nullable: false },
      since: { kind: 'text', input: 'date', required: false },
      seats: { kind: 'number', whole: true, least: { value: 1 }, most: { value: 10 }, default: { value: 2 } },
      rate: { kind: 'number', whole: false, least: { value: 0, allowed: false }, required: false },
      dry: { kind: 'choice', choices: [true, false] },
      mode: { kind: 'choice', choices: ['fast', 'safe'], nullable: true },
      level: { kind: 'choice', choices: [1, 2] },
      shops: { kind: 'list', element: { kind: 'text' }, length: { least: { value: 1 }, most: { value: 3 } } },
      code: { kind: 'text', length: { least: { value: 5 }, most: { value: 5 } } },
      address: { kind: 'group', members: [{ name: 'zip', field: { kind: 'text' } }] },
      extra: { kind: 'json' },
      either: { kind: 'json' },
    });
  });

  test('is not offered for a schema that is not of an object', () => {
    expect([undefined, null, { type: 'string' }, { type: 'object' }, [], { anyOf: [] }].map(formOf)).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
  });

  test('follows references, and asks for what contains itself as JSON further down', () => {
    const node = z.object({
      name: z.string(),
      get next() {
        return node.nullable();
      },
    });
    const fields = form(node);
    expect(fields.members.map(({ name }) => name)).toEqual(['name', 'next']);
    expect(JSON.stringify(fields)).toContain('"kind":"json"');
  });

  test('takes the two parts of an intersection as one object', () => {
    expect(
      form(z.intersection(z.object({ a: z.string() }), z.object({ b: z.int().optional() }))).members.map(
        ({ name, field }) => [name, field.kind, field.required],
      ),
    ).toEqual([
      ['a', 'text', true],
      ['b', 'number', false],
    ]);
  });

  test('knows a null however the schema says it', () => {
    const says = (property: unknown) =>
      formOf({ type: 'object', properties: { a: property } })?.members.map(({ field }) => [field.kind, field.nullable]);
    const schemas = [
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { oneOf: [{ type: 'null' }, { type: 'string' }] },
      { type: ['string', 'null'] },
      { type: 'string', nullable: true },
    ];
    expect(schemas.map(says)).toEqual(schemas.map(() => [['text', true]]));
    expect(says({ enum: ['a', null] })).toEqual([['choice', true]]);
  });
});

describe('what the form sends', () => {
  test('is what it shows: the first choice of a required enum, an empty box, an empty text', () => {
    const schema = z.object({
      format: z.enum(['csv', 'json']),
      dry: z.boolean(),
      name: z.string(),
      tags: z.array(z.int()),
    });
    expect(sent(schema)).toEqual({ format: 'csv', dry: false, name: '', tags: [] });
  });

  test('leaves out what is optional and was not given, and has none where null may be', () => {
    const schema = z.object({
      a: z.string().optional(),
      b: z.boolean().optional(),
      c: z.enum(['x']).optional(),
      d: z.object({ e: z.string() }).optional(),
      f: z.string().nullable(),
      g: z.string().nullish(),
      h: z.number().nullable(),
    });
    expect(sent(schema)).toEqual({ f: null, h: null });
    expect(sent(schema, { a: text(''), f: text(''), g: { kind: 'none' } })).toEqual({ a: '', f: '', g: null, h: null });
  });

  test('begins with the defaults of the schema, of every kind', () => {
    const schema = z.object({
      seats: z.int().default(2),
      dry: z.boolean().default(true),
      mode: z.enum(['fast', 'safe']).default('safe'),
      shops: z.array(z.string()).default(['Berlin']),
      address: z.object({ zip: z.string() }).default({ zip: '12345' }),
      note: z.string().nullable().default(null),
    });
    expect(sent(schema)).toEqual({
      seats: 2,
      dry: true,
      mode: 'safe',
      shops: ['Berlin'],
      address: { zip: '12345' },
      note: null,
    });
    expect(sent(schema, { seats: { kind: 'absent' }, shops: { kind: 'list', elements: [] } })).toEqual({
      dry: true,
      mode: 'safe',
      shops: [],
      address: { zip: '12345' },
      note: null,
    });
  });

  test.each<[string, z.ZodType, string, unknown]>([
    ['a fraction', z.number(), '0.5', 0.5],
    ['a number with an exponent', z.number(), '1e3', 1000],
    ['a number with spaces around it', z.int(), ' 12 ', 12],
    ['the largest whole number', z.int(), '9007199254740991', 9007199254740991],
    ['a whole number that would be rounded', z.int(), '9007199254740993', /larger than a number can hold exactly/],
    ['a number without end', z.number(), '1e999', /larger than a number can hold exactly/],
    ['a word', z.number(), 'many', /Write a number/],
    ['a decimal comma', z.number(), '1,5', /Write a number/],
    ['half a number', z.number(), '1e', /Write a number/],
    ['a hexadecimal number', z.int(), '0x10', /Write a whole number/],
    ['a fraction where a whole number is wanted', z.int(), '1.5', /Write a whole number/],
    ['less than the least', z.int().min(1).max(10), '0', 'It must be from 1 to 10.'],
    ['more than the most', z.int().max(10_000), '10001', 'It must be at most 10,000.'],
    ['the open end of a range', z.number().gt(0).lte(1), '0', 'It must be more than 0 and at most 1.'],
    ['the closed end of a range', z.number().gt(0).lte(1), '1', 1],
    ['nothing where a number is required', z.number(), '', 'This is required.'],
  ])('as a number: %s', (_of, schema, typed, expected) => {
    const result = sent(z.object({ n: schema }), { n: text(typed) }) as Record<string, unknown>;
    const found = result.n ?? result['/n'];
    if (expected instanceof RegExp) expect(found).toMatch(expected);
    else expect(found).toEqual(expected);
  });

  test('names each wrong field by its path, also inside objects, lists and JSON', () => {
    const schema = z.object({
      title: z.string().min(3),
      address: z.object({ zip: z.int() }),
      sizes: z.array(z.int()),
      extra: z.record(z.string(), z.number()),
      id: z.union([z.string(), z.number()]),
    });
    expect(
      sent(schema, {
        address: { kind: 'group', members: { zip: text('x') } },
        sizes: { kind: 'list', elements: [text('1'), text('y')] },
        extra: text('{'),
        id: text('9007199254740993'),
      }),
    ).toEqual({
      '/title': 'This is required.',
      '/address/zip': 'Write a whole number, such as 12.',
      '/sizes/1': 'Write a whole number, such as 12.',
      '/extra': expect.stringMatching(/^This is not JSON: /),
      '/id': expect.stringMatching(/larger than a number can hold/),
    });
  });

  test('keeps what a name could mean to JavaScript', () => {
    const fields = formOf(
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}'),
    );
    if (!fields) throw new Error('no form');
    const filled = payloadOf(fields, {
      kind: 'group',
      members: Object.fromEntries([
        ['__proto__', text('a')],
        ['constructor', text('b')],
      ]),
    });
    expect(JSON.stringify(filled.value)).toBe('{"__proto__":"a","constructor":"b"}');
    expect(payloadOf(fields, emptyGroup(fields)).value).toEqual({});
  });
});

describe('a payload of before', () => {
  const schema = z.object({
    name: z.string(),
    seats: z.int().default(2),
    dry: z.boolean().optional(),
    note: z.string().nullable(),
    address: z.object({ zip: z.string() }).optional(),
    rows: z.array(z.object({ n: z.int() })),
    extra: z.record(z.string(), z.number()),
  });
  const payload = { name: 'Ada', seats: 3, note: null, rows: [{ n: 1 }, { n: 2 }], extra: { a: 1 } };

  test('fills the form, which sends the same again', () => {
    const draft = groupDraftOf(form(schema), payload);
    if (!draft) throw new Error('does not fit');
    expect(payloadOf(form(schema), draft).value).toEqual(payload);
  });

  test.each([
    ['has something that the form has no field for', { ...payload, more: 1 }],
    ['has another type', { ...payload, name: 5 }],
    ['lacks something', { name: 'Ada' }],
    ['has a line break, which an input would remove', { ...payload, name: 'a\nb' }],
    ['is a list', []],
    ['is nothing', null],
  ])('stays JSON where it %s', (_why, value) => expect(groupDraftOf(form(schema), value)).toBeUndefined());

  test('that is no choice any more does not look like another', () =>
    expect(draftOf(form(z.object({ a: z.enum(['x', 'y']) })).members[0]?.field ?? form(schema), 'z')).toBeUndefined());
});

test('what the host finds wrong stands beside its field, or the nearest one around it', () => {
  const fields = form(
    z.object({ title: z.string(), address: z.object({ zip: z.string() }), extra: z.record(z.string(), z.number()) }),
  );
  const issues = [
    { path: ['title'], message: 'Too small' },
    { path: ['title'], message: 'Not a title' },
    { path: ['address', 'zip'], message: 'Five digits' },
    { path: ['extra', 'a', 0], message: 'No number' },
    { path: [], message: 'From must be before to' },
    { path: ['unknown'], message: 'What is this' },
  ];
  expect(besideFields(fields, emptyGroup(fields), issues)).toEqual({
    errors: new Map([
      ['/title', 'Too small\nNot a title'],
      ['/address/zip', 'Five digits'],
      ['/extra', 'a.0: No number'],
    ]),
    others: ['From must be before to', 'unknown: What is this'],
  });
});
