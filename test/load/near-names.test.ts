import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nearNames } from '../../engine/load/near-names.ts';
import { temporaryFolder } from '../support/runs.ts';

test('the names that may have been meant are told, nearest first, three at most', () => {
  const folder = temporaryFolder();
  for (const name of ['films.ts', 'filmes.ts', 'flights.ts', 'orders.ts', 'film.ts', 'filns.ts'])
    writeFileSync(path.join(folder, name), '');
  expect(nearNames('fims.ts', folder)).toEqual(['films.ts', 'film.ts', 'filmes.ts']);
  expect(nearNames('FILMS', folder)[0]).toBe('films.ts');
  expect(nearNames('invoices.ts', folder)).toEqual([]);
  expect(nearNames('films.ts', path.join(folder, 'absent'))).toEqual([]);
});
