import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportsOf } from '../../scripts/api-reference/declarations.ts';
import { pageOf, simplified } from '../../scripts/api-reference/page.ts';
import { API_PAGE, apiPage } from '../../scripts/docs-api.ts';
import { temporaryFolder } from '../support/runs.ts';

const page = readFileSync(API_PAGE, 'utf8');

test('docs/api.md is what the comments in the code say: else write it anew with `npm run docs:api`', () => {
  expect(page).toBe(apiPage());
});

test('its links lead to headings of its own', () => {
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(new Set(headings).size).toBe(headings.length);
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(anchor => !headings.includes(anchor ?? ''))).toEqual([]);
});

describe('what is exported', () => {
  test('is found through other files, with its comment, without what is internal', () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    write(
      'types.ts',
      `/** How a thing is. */
export interface Thing<Steps> {
  /** Its name. @default none */
  readonly name?: string | undefined;
  /**
   * Does it,
   * twice.
   * @param how in words
   * @param often a number
   */
  do(this: After<Steps>, how: string, often: number): Chain<Steps>;
}
/** Only for us. @internal */
export type Hidden = string;
export type Make = (name: string) => Thing<unknown>;
`,
    );
    const entry = write(
      'index.ts',
      `import type { Make } from './types.ts';
export type * from './types.ts';
/** Makes a thing. */
export const make: Make = name => ({ name }) as never;
const hidden = 1;
`,
    );
    expect(pageOf([{ specifier: 'things', about: 'About things.', declarations: exportsOf(entry) }])).toContain(
      `## From things

About things.

#### make

Makes a thing.

\`\`\`typescript
type Make = (name: string) => Thing<unknown>;
\`\`\`

Its type: [Make](#make-type).

### Types of things

[Thing](#thing) · [Make](#make-type)

`,
    );
    expect(pageOf([{ specifier: 'things', about: '', declarations: exportsOf(entry) }])).toContain(`#### Thing

How a thing is.

- \`\` name?: string | undefined \`\`
  Its name.

  Default: none.
- \`\` do(how: string, often: number): Chain \`\`
  Does it, twice.

  - \`how\`: in words
  - \`often\`: a number
`);
  });

  test('of a kind that it does not know is an error, and never left out', () => {
    const file = path.join(temporaryFolder(), 'index.ts');
    writeFileSync(file, 'export enum Kind { One }');
    expect(() => exportsOf(file)).toThrow('a kind that the reference does not know: enum Kind');
  });
});

test('signatures are shown without what only the compiler counts', () => {
  expect(
    simplified(
      'step<const Name extends string>(name: Name, handler: Handler<Context<Steps, Last>, () => A>): Chain<Kind, B<Steps>>',
    ),
  ).toBe('step(name: Name, handler: Handler): Chain');
  expect(simplified("retry(this: AfterNode<Prev, '.retry()'>, options: RetryOptions): Chain<Prev>")).toBe(
    'retry(options: RetryOptions): Chain',
  );
  expect(simplified('get(key: string): Promise<Map<string, number>>')).toBe(
    'get(key: string): Promise<Map<string, number>>',
  );
});
