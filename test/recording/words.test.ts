import { describe, expect, test } from 'vitest';
import { WordMask } from '../../host/recording/words.ts';

const mask = new WordMask([
  `flow.step('charge', ctx => { if (!order.city) throw new Error(\`Order \${order.id} has no city, \${order.name}\`); })`,
]);

describe('a message', () => {
  test.each([
    ['Order 4711 has no city, Ada Lovelace', 'Order •••• has no city, ••• ••••••••'],
    ["Cannot read properties of null (reading 'city')", "Cannot read properties of null (reading 'city')"],
    ['order.city is not a function', 'order.city is not a function'],
    ['ada@example.org', '•••@•••••••.•••'],
    ['Größe 12,5', '••••• ••,•'],
    ['connect ECONNREFUSED 10.0.0.7:5432', '••••••• •••••••••••• ••.•.•.•:••••'],
    ['x'.repeat(500), '••••••••••••'],
  ])('%j is shown as %j', (message, shown) => expect(mask.text(message)).toBe(shown));
});

describe('a value', () => {
  test.each([
    ['{"city": "Bern", "id": 4711}', '{"city": "‹text, 4›", "id": "‹number, 4 digits›"}'],
    ['[true, false, null, undefined]', '["‹true or false›", "‹true or false›", null, undefined]'],
    ['{"city": "a \\" b: \\\\"}', '{"city": "‹text, 8›"}'],
    ['{"birthday": Date("2020-01-01T00:00:00.000Z")}', '{"field 1": "‹Date›"}'],
    ['{"birthday": 1, "phone": 2}', '{"field 1": "‹number, 1 digit›", "field 2": "‹number, 1 digit›"}'],
    ['Map {"city" => -12.5e3}', 'Map {"‹text, 4›" => "‹number, 4 digits›"}'],
    ['12345678901234567890n', '"‹number, 20 digits›"'],
    ['Buffer("c2VjcmV0")', '"‹Buffer›"'],
    ['RegExp("/secret/")', '"‹RegExp›"'],
    // Cut off where it got long.
    ['["secret is he', '["‹text, 12›"'],
    ['["secret \\', '["‹text, 8›"'],
  ])('%s is shown as %s', (value, shown) => expect(mask.value(value)).toBe(shown));
});
