import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CellError,
  cellOf,
  FORMULA,
  isUnchanged,
  usualKind,
  valueOfCell,
  type Cell,
} from '../../host/spreadsheet/cells.ts';
import { cellOfCsv, csvCell, csvText, parseCsv } from '../../host/spreadsheet/csv.ts';
import { hashOf, keyText, parseKey } from '../../host/spreadsheet/row-key.ts';
import { readTable, tableFile, type TableFormat } from '../../host/spreadsheet/table.ts';
import { saidIn } from '../../host/spreadsheet/written-cells.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[=+\-@\t\r']?[\d.,/ :e-]{1,22}$/),
  fc.constantFrom(
    '00123',
    '12345678901234567890',
    'TRUE',
    '1 Jan',
    '_x000D_',
    'a\r\nb',
    'ä;"ö"',
    "'s",
    '=1+1',
    '\t',
    ' x ',
  ),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.date(),
  fc.array(text, { maxLength: 3 }),
  fc.record({ a: text, b: fc.double() }),
);

/** The cells of a file that was written and read again. */
async function roundTrip(cells: readonly Cell[], format: TableFormat) {
  const bytes = await tableFile({ columns: cells.map((_, at) => `c${at}`), rows: [cells] }, { format, locked: 0 });
  const { rows, csv } = await readTable(bytes);
  return rows[0]?.map(cell => saidIn(cell, csv)) ?? [];
}

describe.each<TableFormat>(['csv', 'xlsx'])('a value in a %s', format => {
  test('that nobody has changed is what it was, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async values => {
        const read = await roundTrip([...values.map(cellOf), 'end'], format);
        expect(values.filter((one, at) => !isUnchanged(one, read[at] ?? null))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('that a person has written over another is just that text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async written => {
        const [read = null] = await roundTrip([written, 'end'], format);
        const said = valueOfCell('before', read);
        expect(String(said).replaceAll('\r\n', '\n')).toBe(written.replaceAll('\r\n', '\n'));
      }),
      { numRuns: 60 },
    );
  });
});

test('no cell of a CSV begins as a formula does', () => {
  fc.assert(fc.property(text, written => !/^[=+\-@\t\r]/.test(csvCell(written))));
  expect(csvText([['=cmd|calc', -5, 'a;b']])).toBe('\uFEFF\'=cmd|calc,-5,"a;b"\r\n');
});

test.each<[string, unknown, Parameters<typeof valueOfCell>[1], unknown]>([
  ['a text over a number', 1776, '1776', '1776'],
  ['digits over a text', 'soon', 1776, '1776'],
  ['a number where nothing was', null, 94, 94],
  ['nothing where a text was', 'x', null, ''],
  ['nothing where a number was', 5, null, null],
  ['digits over a big integer', 5n, '12345678901234567890', 12345678901234567890n],
  ['a day over a date', new Date(0), new Date('2026-01-31'), new Date('2026-01-31')],
  ['a day over a text', 'x', new Date('2026-01-31'), '2026-01-31'],
  ['a list over a list', [1], '[1, 2]', [1, 2]],
])('%s becomes what was there, or what was meant', (_what, before, cell, after) => {
  expect(valueOfCell(before, cell)).toEqual(after);
});

test.each<[string, unknown, Parameters<typeof valueOfCell>[1], readonly unknown[], unknown]>([
  ['a number over a text among numbers', 'free', 2, [1, 3, 'soon'], 2],
  ['a number over a text among texts', '007', 8, ['005', '006', 7], '8'],
  ['a number over nothing among texts', null, 300, ['Jaws', 'Up', null], '300'],
  ['a number over a number among texts', 1776, 1777, ['Jaws', 'Up'], '1777'],
  ['a number over a number among both', 1, 2, ['a', 1], 2],
  ['a text over a number among numbers', 1, 'x', [1, 2], 'x'],
  ['a number over a text that is alone', 'x', 2, [], '2'],
])('%s becomes what its like are', (_what, before, cell, others, after) => {
  expect(valueOfCell(before, cell, usualKind(others))).toBe(after);
});

test.each<[string, Parameters<typeof valueOfCell>[1], unknown, string]>([
  ['a formula', FORMULA, 1, 'Formulas are never calculated'],
  ['no date', 'soon', new Date(0), 'is a Date'],
  ['half a list', '[1,', [1], 'it cannot be read'],
  ['a number too large', 1e300, 5, 'larger than a number can hold'],
])('%s is refused with words', (_what, cell, before, why) => {
  expect(() => valueOfCell(before, cell)).toThrow(CellError);
  expect(() => valueOfCell(before, cell)).toThrow(why);
});

test('a CSV is read as Excel writes it: semicolons, decimal commas, UTF-16, no last line end', async () => {
  expect(parseCsv('a;b\r\n"x;""y""\n";1,5')).toEqual({
    delimiter: ';',
    rows: [
      ['a', 'b'],
      ['x;"y"\n', '1,5'],
    ],
  });
  expect(cellOfCsv('1,5', { hasDecimalCommas: true })).toBe(1.5);
  expect(cellOfCsv('007', { hasDecimalCommas: true })).toBe('007');
  const bytes = Buffer.from('\uFEFFsep=\t\nä\tb\n1\t', 'utf16le');
  expect(await readTable(bytes)).toEqual({ columns: ['ä', 'b'], rows: [['1', '']], csv: { hasDecimalCommas: false } });
});

test.each([Buffer.from('PK\u0003\u0004 no zip'), Buffer.from([0xff, 0xff, 0x80, 0]), Buffer.from('"never ends')])(
  'a file that is none is refused with a reason',
  async bytes => {
    await expect(readTable(bytes)).rejects.toThrow(CellError);
  },
);

test('a workbook that would fill the memory is refused before it is unpacked', async () => {
  const bytes = Buffer.from(await tableFile({ columns: ['a'], rows: [] }, { format: 'xlsx', locked: 0 }));
  const entry = bytes.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  bytes.writeUInt32LE(2_000_000_000, entry + 24);
  await expect(readTable(bytes)).rejects.toThrow('larger than 500 MB when it is unpacked');
});

test('a key that was changed in any place is none', () => {
  const key = { run: 4, scope: 17, item: 3, hash: hashOf('{"a":1}') };
  const said = keyText(key);
  expect(parseKey(said)).toEqual(key);
  for (let at = 0; at < said.length; at++)
    expect(parseKey(said.slice(0, at) + (said[at] === '1' ? '2' : '1') + said.slice(at + 1))).toBeUndefined();
});
