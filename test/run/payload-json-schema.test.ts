import { expect, test } from 'vitest';
import { z } from 'zod';
import { payloadJsonSchema } from '../../engine/workflow/payload-json-schema.ts';

test('a payload is described although JSON has no word for a part of it', () => {
  const schema = z.object({
    name: z.string(),
    when: z.date(),
    later: z.coerce.date(),
    cents: z.coerce.bigint(),
    tags: z.map(z.string(), z.string()),
    length: z.string().transform(text => text.length),
  });
  expect(payloadJsonSchema(schema)).toMatchObject({
    type: 'object',
    properties: {
      name: { type: 'string' },
      when: {},
      later: { type: 'string', format: 'date-time' },
      cents: { type: 'string', pattern: '^-?[0-9]+$' },
      tags: {},
      length: { type: 'string' },
    },
  });
});

test('a schema that does not describe itself leaves the payload undescribed', () => {
  const validate = () => ({ value: 1 });
  const throwing = () => {
    throw new Error('no');
  };
  expect(payloadJsonSchema(undefined)).toBeUndefined();
  expect(payloadJsonSchema({ '~standard': { validate } })).toBeUndefined();
  const broken = { validate, jsonSchema: { input: throwing } };
  expect(payloadJsonSchema({ '~standard': broken })).toBeUndefined();
});
