import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportsOf } from './api-reference/declarations.ts';
import { pageOf } from './api-reference/page.ts';

/* `npm run docs:api` writes docs/api.md. test/docs/api-page.test.ts fails when it is stale. */

const ROOT = path.resolve(import.meta.dirname, '..');
export const API_PAGE = path.join(ROOT, 'docs', 'api.md');

export function apiPage(): string {
  return pageOf([
    {
      specifier: 'cronflow',
      about: 'What workflow files and programs import.',
      declarations: exportsOf(path.join(ROOT, 'engine', 'index.ts')),
    },
    {
      specifier: 'cronflow/test',
      about: 'For [tests of workflows](testing.md).',
      declarations: exportsOf(path.join(ROOT, 'engine', 'testing', 'index.ts')),
    },
  ]);
}

if (process.argv[1] === import.meta.filename) writeFileSync(API_PAGE, apiPage());
