import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/* What the pages say of the code and can be looked up in it. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const SOURCES = globSync(
  ['*.ts', '{bench,bin,cli,common,electron,engine,host,renderer,scripts,test}/**/*.{ts,tsx,mjs,cts}'],
  { cwd: ROOT },
)
  .map(file => file.replaceAll(path.sep, '/'))
  .filter(file => !file.includes('node_modules/'));

/** Those of the system, of Node and of what runs CI, which mean what they always mean. */
const NOT_OURS = new Set(['PATH', 'NODE_OPTIONS', 'FORCE_COLOR', 'WATCH_REPORT_DEPENDENCIES', 'CI', 'TZ']);

test('the page about environment variables has each that the code reads', () => {
  const page = read('docs/environment-variables.md');
  const named = new Set<string>();
  for (const source of SOURCES.map(read)) {
    for (const [, name = ''] of source.matchAll(/\bprocess\.env\.([A-Z][A-Z_]+)/g)) named.add(name);
    for (const [, taken = ''] of source.matchAll(/\{([^{}]*)\} = process\.env\b/g))
      for (const [name] of taken.matchAll(/\b[A-Z][A-Z_]+\b/g)) named.add(name);
    for (const [, name = ''] of source.matchAll(/const \w+ = '(CRONFLOW_[A-Z_]+)'/g)) named.add(name);
  }
  expect(named.size).toBeGreaterThan(25);
  // Of workflows that tests write.
  for (const name of named)
    if (['OF_THE_FILE', 'ENDS'].includes(name) || name.startsWith('MACHINES_')) named.delete(name);
  expect([...named].filter(name => !NOT_OURS.has(name) && !page.includes(name))).toEqual([]);
});

test('what stands in parentheses behind a file is in that file', () => {
  const missing: string[] = [];
  let found = 0;
  for (const page of ['docs/architecture.md', 'CONTRIBUTING.md', 'SECURITY.md'])
    for (const [, file = '', names = ''] of read(page).matchAll(/`([\w./-]+\.tsx?)` \(((?:`[\w-]+`(?:, | and )?)+)\)/g))
      for (const [, name = ''] of names.matchAll(/`([\w-]+)`/g)) {
        found += 1;
        const places = SOURCES.filter(source => source === file || source.endsWith(`/${file}`));
        if (!places.some(place => read(place).includes(name))) missing.push(`${page}: ${name} in ${file}`);
      }
  expect(found).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});

test('the files that the page about the architecture names without a folder are there', () => {
  const named = [...read('docs/architecture.md').matchAll(/(?<![\w./-])[\w-]+\.(?:tsx?|mjs)\b/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(name => !SOURCES.some(source => path.basename(source) === name))).toEqual([]);
});

/** The program's texts, without what is filled in when they are said, and with those that go over several lines joined. */
const TEXTS = SOURCES.filter(source => /^(?:cli|common|engine|host)\//.test(source))
  .map(read)
  .join('\n')
  .replaceAll(/['`] \+\s*['`]/g, '')
  .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '\0');

test('the messages that the page about reliability explains are in the program, in these words', () => {
  const section = read('docs/reliability.md').split('## When something goes wrong')[1]?.split('###')[0] ?? '';
  const messages = [...section.matchAll(/^\| (`.*?`(?:, `.*?`)*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(.*?)`/g)].map(([, message = '']) => message),
  );
  expect(messages.length).toBeGreaterThan(15);
  const pieces = messages.flatMap(message => message.split(/[…()\d]/).map(piece => piece.trim()));
  const unsaid = pieces.filter(piece => !TEXTS.includes(piece) && !TEXTS.includes(sentenceStart(piece)));
  expect(unsaid).toEqual([]);
});

/** Reasons are made sentences of where they stand by themselves. */
function sentenceStart(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
