import { describe, expect, test } from 'vitest';
import { fieldsOf, fromFields } from '../../renderer/model/payload-form.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Your name' },
    since: { type: 'string', format: 'date' },
    limit: { type: 'integer', default: 10 },
    rate: { type: 'number' },
    dryRun: { type: 'boolean' },
    mode: { enum: ['fast', 'safe'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'limit', 'tags'],
};

const payload = (values: Record<string, string>): unknown => {
  const result = fromFields(fieldsOf(schema) ?? [], values);
  return result.ok ? JSON.parse(result.json) : result.why;
};

describe('the form of a payload', () => {
  test('has a field that fits each property', () => {
    expect(fieldsOf(schema)?.map(({ name, kind, required, initial }) => [name, kind, required, initial])).toEqual([
      ['name', 'text', true, ''],
      ['since', 'text', false, ''],
      ['limit', 'number', false, '10'],
      ['rate', 'number', false, ''],
      ['dryRun', 'boolean', false, 'false'],
      ['mode', 'choice', false, ''],
      ['tags', 'json', true, ''],
    ]);
  });

  test('is not offered for a schema that is not of an object', () => {
    expect([undefined, null, { type: 'string' }, { type: 'object' }, []].map(fieldsOf)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });

  test('turns typed text into values of the right type', () => {
    expect(payload({ name: 'Ada', limit: '5', rate: '0.5', dryRun: 'true', mode: 'safe', tags: '["a"]' })).toEqual({
      name: 'Ada',
      limit: 5,
      rate: 0.5,
      dryRun: true,
      mode: 'safe',
      tags: ['a'],
    });
  });

  test('leaves out what is optional and empty, and keeps a required text that is empty', () => {
    expect(payload({ tags: '[]' })).toEqual({ name: '', dryRun: false, tags: [] });
  });

  test('names the field that is required', () => expect(payload({ name: 'Ada' })).toBe('tags is required.'));

  test('names the field whose JSON is wrong', () =>
    expect(payload({ name: 'Ada', tags: '[1' })).toMatch(/^tags: .*JSON/));
});
