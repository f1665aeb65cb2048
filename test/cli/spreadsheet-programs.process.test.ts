import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/* What LibreOffice and Gnumeric make of our files when they save them: see the README beside them. */

const FILES = path.resolve(import.meta.dirname, '../fixtures/spreadsheets');
const saved = readdirSync(FILES).filter(name => /\.(xlsx|csv)$/.test(name));

let project: Project;
beforeAll(async () => {
  project = new Project({ 'rows.ts': readFileSync(path.join(FILES, 'rows.ts'), 'utf8') });
  await project.many(['run', 'rows.ts']);
}, 30_000);

test('there are files of two programs', () => {
  expect(saved.length).toBeGreaterThan(4);
});

test.each(saved)('%s, in which nobody has changed a cell, changes none in any time zone', async name => {
  for (const TZ of ['UTC', 'Asia/Tokyo']) {
    const { code, stdout } = await cli(['import', '1', path.join(FILES, name), '--dry-run'], {
      cwd: project.folder,
      env: { TZ },
    });
    expect(stdout).toBe('  0 cells change, in 0 items. 2 rows are as before.\n');
    expect(code).toBe(0);
  }
});

test('a number that is written over a date without a time zone is refused, and a moment is one in UTC', async () => {
  const text = readFileSync(path.join(FILES, 'gnumeric-from-csv.csv'), 'utf8');
  project.write(
    'fixed.csv',
    text.replace('2026/01/31 09:00:00', '2026/02/01 10:30:00').replace('1999/12/31 23:59:59.123', '5'),
  );
  const { stdout } = await cli(['import', '1', 'fixed.csv', '--dry-run', '--json'], {
    cwd: project.folder,
    env: { TZ: 'Asia/Tokyo' },
  });
  expect(stdout).toContain('"after":"2026-02-01T10:30:00.000Z"');
  expect(stdout).toContain('"event":"refused","row":3');
});
