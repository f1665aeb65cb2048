import { expect, test } from 'vitest';
import { dedent } from '../../renderer/model/dedent.ts';

test('code is shown without the indentation that all of its lines have', () => {
  expect(dedent(['      if (a) {', '        throw b;', '', '      }'])).toEqual({
    text: 'if (a) {\n  throw b;\n\n}',
    removed: 6,
  });
  expect(dedent(['\t\ta', '\t  b'])).toEqual({ text: '\ta\n  b', removed: 1 });
  expect(dedent(['a', '  b'])).toEqual({ text: 'a\n  b', removed: 0 });
  expect(dedent([])).toEqual({ text: '', removed: 0 });
});
