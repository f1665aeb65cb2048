import { readXlsx, writeXlsx, type CellValue } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/** Six prices in batches of three; the two words among them are at fault. */
function prices(options = ''): string {
  return Project.workflow(`
const prices = [1, 'free', 3, 4, 5, 'soon'].map(cents => ({ cents }));
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: prices, size: 3, unit: ['price', 'prices'] }, (batch, flow) => {
    flow.step('cents', () => batch.map(price => {
      if (typeof price.cents !== 'number') throw new Error(\`\${price.cents} is not a number\`);
      return { cents: price.cents * 100 };
    })${options});
  });
`);
}

async function failedRun(options = ', { pure: true }'): Promise<{ project: Project; studio: Studio; run: number }> {
  const project = new Project({ 'prices.ts': prices(options) });
  const studio = await Studio.open(project);
  const run = await studio.start('prices.ts');
  await studio.ended(run);
  return { project, studio, run };
}

/** A file of the run in which another program has written over cells, by row and column. */
async function fixed(
  studio: Studio,
  run: number,
  cells: readonly (readonly [row: number, column: string, value: CellValue])[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { file } = await studio.api.exportItems({ run, items: 'failed', format: 'xlsx' });
  const { sheets } = await readXlsx(file);
  const rows: CellValue[][] = sheets[0]?.rows ?? [];
  for (const [row, column, cell] of cells) rows[row]?.splice(rows[0]?.indexOf(column) ?? -1, 1, cell);
  return Uint8Array.from(
    await writeXlsx({ sheets: [{ name: 'Sheet', rows }], properties: { lastModifiedBy: ' Maria ' } }),
  );
}

/** Rows 1 to 6 are the prices of both batches, since nobody has looked for those at fault. */
const RIGHT = [
  [2, 'cents', 2],
  [6, 'cents', 6],
] as const;

describe('a corrected file in the Studio', () => {
  test('is compared, tried and re-run, and the run says by whom', async () => {
    const { studio, run } = await failedRun();
    const file = await fixed(studio, run, RIGHT);
    const found = value(await studio.api.openCorrections({ run, file, name: 'fixed.xlsx' }));
    expect(found).toMatchObject({
      by: 'Maria',
      counts: { cells: 2, items: 2, refused: 0, unchanged: 4 },
      corrected: [
        { row: 3, path: 'read', batch: 0, item: 1, cells: [{ column: 'cents', before: 'free', after: 2 }] },
        { row: 7, path: 'read', batch: 1, item: 2, cells: [{ column: 'cents', before: 'soon', after: 6 }] },
      ],
    });
    const tried = value(await studio.api.tryCorrections({ run, id: found.id, from: 0 }));
    expect(tried).toEqual({
      asks: false,
      tried: [
        { row: 3, outcome: 'passes' },
        { row: 7, outcome: 'passes' },
      ],
      next: null,
    });
    // Nothing of it is stored.
    expect(await studio.api.getRun({ run })).toMatchObject({
      item: { status: 'failed' },
      sessions: [{ kind: 'start' }],
    });

    const request = { select: 'none' as const, corrections: found.id };
    expect(value(await studio.api.planRerun({ run, request }))).toMatchObject({
      nodes: [{ path: 'read', batches: 2 }],
    });
    value(await studio.api.rerun({ run, request }));
    expect((await studio.ended(run)).status).toBe('completed');
    const { sessions } = await studio.api.getRun({ run });
    expect(sessions.at(-1)).toMatchObject({ what: 'batches with 2 cells corrected', correctedBy: 'Maria' });
    // What was asked for has been done: its items are others now.
    expect(problem(await studio.api.rerun({ run, request })).message).toContain('Items of fixed.xlsx have changed');
  });

  test('tells what still fails, and asks before it executes steps that are not pure', async () => {
    const { studio, run } = await failedRun('');
    const file = await fixed(studio, run, [
      [2, 'cents', 'gratis'],
      [6, 'cents', 6],
    ]);
    const { id } = value(await studio.api.openCorrections({ run, file, name: 'fixed.xlsx' }));
    expect(value(await studio.api.tryCorrections({ run, id, from: 0 }))).toEqual({ asks: true, tried: [], next: 0 });
    expect(value(await studio.api.tryCorrections({ run, id, from: 0, allow: true })).tried).toEqual([
      { row: 3, outcome: 'fails', why: 'gratis is not a number' },
      { row: 7, outcome: 'passes' },
    ]);
    // Where it went on.
    expect(value(await studio.api.tryCorrections({ run, id, from: 1 })).tried).toEqual([{ row: 7, outcome: 'passes' }]);
  });

  test('is refused when it is none, and its re-run when an item changed after the comparison', async () => {
    const { project, studio, run } = await failedRun();
    const other = await studio.api.openCorrections({ run, file: Uint8Array.of(97, 44, 98, 10, 49), name: 'a.csv' });
    expect(problem(other)).toEqual({
      name: 'CellError',
      message:
        'a.csv cannot be taken back: it has no column cronflow:key. Correct a file that “Save for a spreadsheet” has written.',
    });
    const file = await fixed(studio, run, RIGHT);
    const { id } = value(await studio.api.openCorrections({ run, file, name: 'fixed.xlsx' }));
    const edits = ['--batches', '0', '--set-aside', '0:1'];
    expect((await cli(['rerun', String(run), ...edits], { cwd: project.folder })).code).toBe(1);
    const request = { select: 'none' as const, corrections: id };
    for (const answer of [await studio.api.planRerun({ run, request }), await studio.api.rerun({ run, request })])
      expect(problem(answer).message).toContain(
        `Items of fixed.xlsx have changed since it was compared with run ${run}`,
      );
    await studio.api.closeCorrections({ id });
    expect(problem(await studio.api.rerun({ run, request })).message).toContain('is not open any more');
  });
});
