import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { blocksOf, fileOf, follow } from './guide.ts';
import { ARROWS } from '../../scripts/arrows.ts';
import { newFolder, ROOT } from './support.ts';

/*
 * The guide is read as its reader reads it: see guide.ts. When one of these fails, either the product has changed, and
 * the page has to say what it does now, or the page promises what the product should do.
 */

const PAGES = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

describe.concurrent('what a page shows is what comes', () => {
  test.each(PAGES)('%s', { timeout: 300_000 }, async page => {
    expect(await follow(read(page), page === 'README.md' ? 'checkout' : 'own folder')).toEqual([]);
  });
});

test('a page that shows something else is noticed', async () => {
  const page = '```console\n$ echo $?\n0\n$ echo $?\n5\n$ echo $?\n…\n```\n';
  expect(await follow(page)).toEqual([{ line: 4, command: 'echo $?', shown: '5', got: '0' }]);
});

test('the code of the pages has the types it should have', { timeout: 300_000 }, async ({ onTestFinished }) => {
  const { folder, remove } = newFolder();
  onTestFinished(remove);
  for (const page of PAGES) {
    const pageFolder = path.join(folder, path.basename(page, '.md'));
    mkdirSync(pageFolder);
    for (const block of blocksOf(read(page))) {
      const file = fileOf(block);
      if (file) writeFileSync(path.join(pageFolder, file.name), file.text);
    }
  }
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const config = path.join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: path.join(ROOT, 'tsconfig.json'),
      compilerOptions: { types: ['node'], typeRoots: [path.join(ROOT, 'node_modules/@types')] },
      include: ['./*/*.ts'],
    }),
  );
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', config, '--noEmit']).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
});

test('links between the pages lead somewhere', () => {
  const broken: string[] = [];
  for (const page of PAGES) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const linked = path.join(path.dirname(page), file === '' ? path.basename(page) : file);
      if (!existsSync(path.join(ROOT, linked)) || (heading !== undefined && !anchorsOf(read(linked)).includes(heading)))
        broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('files and folders that the pages name are there', () => {
  const ours = /`((?:common|engine|cli|host|electron|renderer|test|scripts|bench)\/[\w./-]+)`/g;
  const named = ['docs/architecture.md', 'docs/reliability.md', 'docs/desktop-app.md', 'SECURITY.md'].flatMap(page =>
    [...read(page).matchAll(ours)].map(([, file = '']) => `${page}: ${file}`),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(of => !existsSync(path.join(ROOT, of.slice(of.indexOf(' ') + 1))))).toEqual([]);
});

test('the page about the architecture has the table of allowed imports as it is', () => {
  const rows = Object.entries(ARROWS).map(
    ([folder, others]) => `| \`${folder}\` | ${others.map(other => `\`${other}\``).join(', ') || 'nothing'} |`,
  );
  expect(read('docs/architecture.md')).toContain(rows.join('\n'));
});

function read(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

/** As GitHub makes anchors of headings. */
/** Its headings, and what it gives a name for links. */
function anchorsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  const named = [...markdown.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, name = '']) => name);
  return [...headings, ...named];
}
