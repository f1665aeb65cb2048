import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { Bench } from '../support/runs.ts';

/* What docs/store.md says of the tables is so. */

const PAGE = readFileSync(new URL('../../docs/store.md', import.meta.url), 'utf8');

test('the page has a row for each table, and for no other', () => {
  const tables = new Bench().db
    .prepare<[], string>(
      `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`,
    )
    .pluck()
    .all();
  const section = PAGE.split('| table | one row is |')[1]?.split('\n\n')[0] ?? '';
  const named = [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual(tables.toSorted());
});

test.each([
  ['batches', BatchStatus],
  ['steps', StepStatus],
])('the numbers of the statuses of %s are those of the page', (table, statuses) => {
  const row = PAGE.split('\n').find(line => line.startsWith(`| ${table} | `)) ?? '';
  const onPage = [...row.matchAll(/\d [a-z ]+/g)].map(([status]) => status.trim());
  expect(onPage).toEqual(
    Object.entries(statuses).map(
      ([name, number]) => `${number} ${name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)}`,
    ),
  );
});
