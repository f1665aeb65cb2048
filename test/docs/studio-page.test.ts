import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/* What the page about the Studio says is to be seen or pressed, is in the Studio under these words. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(path.join(ROOT, 'docs/studio.md'), 'utf8').replaceAll(/\n(?=\S)/g, ' ');
const STUDIO = globSync('{renderer,host,electron,common}/**/*.{ts,tsx}', { cwd: ROOT })
  .filter(file => !file.includes('node_modules'))
  .map(file => readFileSync(path.join(ROOT, file), 'utf8'))
  .join('\n');

test('bold words are those of its buttons, tabs and headings', () => {
  const named = [...PAGE.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words = '']) => words);
  expect(named.length).toBeGreaterThan(25);
  // Some say how many they are about: `Set aside all 10…`.
  expect(named.filter(words => !STUDIO.includes(words.replace(/…$/, '')))).toEqual([]);
});

test('the keys are those that its help shows', () => {
  const rows = [...(PAGE.split('## Keys')[1]?.split('##')[0] ?? '').matchAll(/\| ([^|]+) \| [^|]+ \|/g)];
  const onPage = rows.slice(1).flatMap(([, keys = '']) => keys.replaceAll('`', '').split(' '));
  const keys = [...STUDIO.matchAll(/\{\s*keys: '([^']+)'/g)].map(([, key = '']) => key);
  expect(keys.length).toBeGreaterThan(8);
  expect(keys.filter(key => !onPage.includes(key))).toEqual([]);
});
