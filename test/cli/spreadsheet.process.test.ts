import { readFileSync } from 'node:fs';
import { readXlsx, writeXlsx, type CellValue } from 'hucre/xlsx';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/** Six films in batches of three; a title that is no text, or is missing, is at fault. */
const FILMS = Project.workflow(`
const films = [
  { Title: 'Jaws', year: 1975, id: '00123456789012345678' },
  { Title: 1776, year: 1972, id: '=1+1' },
  { Title: 'Alien', year: 1979, id: 'ä' },
  { Title: 'Up', year: 2009, id: '007' },
  { year: 2006, id: '1-2' },
  { Title: 'Heat', year: 1995, id: 'x' },
];
cronflow.define({ id: 'films', name: 'Clean the films' })
  .batch('clean', { items: films, size: 3, unit: ['film', 'films'], explain: () => 'The title is not words.' }, (batch, flow) => {
    flow.step('tidy', ctx => ctx.each(batch, film => {
      note(film);
      return film.Title.trim();
    }), { pure: true });
  })
  .step('report', ctx => ctx.steps.clean.output.items);
`);

/** Opens a workbook as another program does, changes cells by column and row, and saves it. */
async function correct(
  file: string,
  change: (set: (row: number, column: string, value: CellValue) => void) => void,
): Promise<Uint8Array> {
  const { sheets } = await readXlsx(readFileSync(file));
  const rows = sheets[0]?.rows ?? [];
  change((row, column, value) => rows[row]?.splice(rows[0]?.indexOf(column) ?? -1, 1, value));
  return await writeXlsx({ sheets: [{ name: 'Sheet1', rows }] });
}

test('items at fault go out as a workbook, and come back corrected: the run ends green, and says by how many cells', async () => {
  const project = new Project({ 'films.ts': FILMS });
  const [, exported] = await project.many(
    ['run', 'films.ts'],
    ['export', '1', '--items', 'failed', '--out', 'fix.xlsx'],
  );
  expect(exported).toMatchObject({ code: 0, stderr: '  2 items written to fix.xlsx\n' });
  const [sheet] = (await readXlsx(readFileSync(project.path('fix.xlsx')), { readStyles: true })).sheets;
  expect(sheet?.rows[0]).toEqual(['cronflow:key', 'cronflow:reason', 'Title', 'year', 'id']);
  expect(sheet?.rows.slice(1).map(row => row.slice(1))).toEqual([
    ['The title is not words.', 1776, 1972, '=1+1'],
    ['The title is not words.', null, 2006, '1-2'],
  ]);
  expect(sheet?.protection?.sheet).toBe(true);
  expect(sheet?.cells?.get('1,2')?.style?.protection?.locked).toBe(false);

  project.write(
    'fixed.xlsx',
    Buffer.from(
      await correct(project.path('fix.xlsx'), set => {
        set(1, 'Title', '1776');
        set(2, 'Title', 'Untitled (2006)');
      }),
    ),
  );
  const [plan, done, shown] = await project.many(
    ['import', '1', 'fixed.xlsx', '--dry-run'],
    ['import', '1', 'fixed.xlsx', '--json'],
    ['import', '1', 'fixed.xlsx'],
  );
  expect(plan?.stdout).toContain('Row 2 (batch #0, item 1): Title: 1776 → "1776"');
  expect(plan?.stdout).toContain('Row 3 (batch #1, item 1): Title: empty → "Untitled (2006)"');
  expect(plan?.stdout).toContain('2 cells change, in 2 items.');
  expect(plan?.stdout).toContain('2 of 2 items pass the test. Nothing is stored yet.');
  expect(plan?.stdout).toContain('Re-runs: 2 batches of');
  expect(done?.summary, done?.stderr).toMatchObject({
    status: 'completed',
    items: { total: 6, succeeded: 6, failed: 0 },
  });
  expect(project.ledger()).toContainEqual({ Title: '1776', year: 1972, id: '=1+1' });
  expect(project.ledger()).toContainEqual({ Title: 'Untitled (2006)', year: 2006, id: '1-2' });
  expect(JSON.parse(String(project.rows('select note from sessions where kind = ?', 'rerun')[0]?.note))).toMatchObject({
    cells: 2,
  });
  // The same file again: the items are others now.
  expect(shown).toMatchObject({ code: 2 });
  expect(shown?.stdout).toContain('Row 2 is refused. The item has changed since the file was written.');
});

test('what is set aside goes out as CSV, nothing of it is executed there, and comes back from a German Excel', async () => {
  const project = new Project({ 'films.ts': FILMS });
  const [, , out] = await project.many(
    ['run', 'films.ts'],
    ['rerun', '1', '--set-aside', 'found', '--reason', 'ask Maria'],
    ['export', '1', '--items', 'set-aside', '--format', 'csv'],
  );
  const csv = out?.stdout ?? '';
  expect(csv).toContain(",ask Maria,1776,1972,'=1+1\r\n");
  expect(csv).toContain(",ask Maria,,2006,'1-2\r\n");
  const german = csv
    .replace('\uFEFF', '')
    .replaceAll(',', ';')
    .replace(';1776;', ";'1776;")
    .replace(';;2006;', ';Übers Meer;2006;');
  project.write('fixed.csv', Buffer.from(`\uFEFFsep=;\r\n${german}`, 'utf16le'));
  project.write('damaged.csv', german.replace('-b', '-b9').replace(/r1-b2/, '=r1-b2'));
  const [damaged, none, back] = await project.many(
    ['import', '1', 'damaged.csv', '--dry-run'],
    ['import', '1', 'films.ts'],
    ['import', '1', 'fixed.csv', '--json'],
  );
  expect(damaged?.stdout).toMatch(/^ {2}Row 2 is refused\. Its cronflow:key was changed/);
  expect(none?.stderr).toContain('films.ts cannot be imported: it has no column cronflow:key.');
  expect(back?.summary, back?.stderr).toMatchObject({ status: 'completed', items: { succeeded: 6, setAside: 0 } });
  expect(project.ledger()).toContainEqual({ Title: 'Übers Meer', year: 2006, id: '1-2' });
});
