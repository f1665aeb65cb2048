import { expect, test } from 'vitest';
import type { StoredError } from '../../common/stored-error.ts';
import { errorMarkdown } from '../../renderer/model/error-markdown.ts';

const ERROR: StoredError = {
  name: 'TypeError',
  message: 'film.Title.trim is not a function',
  at: { file: '/home/ann/films.ts', line: 66, column: 31 },
  explain: 'The title is a number, not words.',
  fields: { code: 'E_TITLE', status: 422 },
  cause: { name: 'Error', message: 'disk full', cause: { name: 'Error', message: 'EDQUOT' } },
  fingerprint: 'f',
};

test('an error as Markdown says what, where, the code and the whole chain of causes', () => {
  const text = errorMarkdown(ERROR, {
    where: 'run 4 of Films, batch 17 of Clean',
    code: { text: 'const a = 1;\nfilm.Title.trim();\n', firstLine: 65, line: 66 },
  });
  expect(text).toBe(`**TypeError: film.Title.trim is not a function**

The title is a number, not words.

run 4 of Films, batch 17 of Clean, at films.ts:66

\`\`\`ts
  65 | const a = 1;
> 66 | film.Title.trim();
  67 |
\`\`\`

- code: E\\_TITLE, status: 422
- caused by: Error: disk full
  - caused by: Error: EDQUOT
`);
});

test('nothing in an error becomes more than text', () => {
  const text = errorMarkdown(
    { name: 'Error', message: '![x](http://evil) @everyone <img>\n# head', stack: 'a ``` b', fingerprint: 'f' },
    { where: 'run 4' },
  );
  expect(text).toBe(`**Error: !\\[x\\](http://evil) \\@everyone \\<img\\> \\# head**

run 4

\`\`\`\`
a \`\`\` b
\`\`\`\`
`);
});
