import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* What somebody is told who has not installed what talks to a queue. A copy of what looks for the packages stands where none are. */

const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Packages = typeof import('../../engine/remote/bullmq/packages.ts');
let loadPackages: Packages['loadPackages'];
beforeAll(async () => {
  for (const file of ['queue-error.ts', 'bullmq/packages.ts']) {
    const source = new URL(`../../engine/remote/${file}`, import.meta.url);
    cpSync(source, path.join(folder, 'program', file));
  }
  const copy = pathToFileURL(path.join(folder, 'program', 'bullmq', 'packages.ts')).href;
  ({ loadPackages } = (await import(/* @vite-ignore */ copy)) as Packages);
});

/** A project in which packages of these names and versions are installed. */
function projectWith(packages: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(path.join(folder, 'project-'));
  for (const [name, version] of Object.entries(packages)) {
    const at = path.join(project, 'node_modules', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
    writeFileSync(path.join(at, 'index.js'), `exports.name = '${name}';`);
  }
  return project;
}

test.for([
  ['redis', {}, 'A queue on Redis needs packages that Cronflow does not bring: bullmq and ioredis.', 'ioredis'],
  ['redis', { bullmq: '6.7.0' }, 'A queue on Redis needs a package that Cronflow does not bring: ioredis.', 'ioredis'],
  ['redis', { ioredis: '5.0.0' }, 'A queue on Redis needs a package that Cronflow does not bring: bullmq.', 'ioredis'],
  ['postgres', {}, 'A queue on PostgreSQL needs packages that Cronflow does not bring: bullmq and pg.', 'pg'],
  ['postgres', { bullmq: '6.7.0', ioredis: '5.0.0' }, 'that Cronflow does not bring: pg.', 'pg'],
  [
    'redis',
    { bullmq: '6.6.9', ioredis: '5.0.0' },
    'bullmq 6.6.9 is installed, and a queue needs version 6.7',
    'ioredis',
  ],
  ['postgres', { bullmq: '7.0.0', pg: '8.0.0' }, 'bullmq 7.0.0 is installed, and a queue needs version 6.7', 'pg'],
] as const)('a queue on %s with %o: what to install is said', ([kind, packages, sentence, driver]) => {
  const load = () => loadPackages(kind, projectWith(packages));
  expect(load).toThrow(sentence);
  expect(load).toThrow(`In the folder of your project: npm install bullmq@6 ${driver}`);
});

test('the packages of the project are taken', () => {
  const loaded: unknown = loadPackages('redis', projectWith({ bullmq: '6.7.0', ioredis: '5.0.0' }));
  expect(loaded).toEqual({ bullmq: { name: 'bullmq' }, driver: { name: 'ioredis' } });
});
