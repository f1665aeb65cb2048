import { describe, expect, test } from 'vitest';
import { cellOf, typedText } from '../../renderer/model/items/cell.ts';
import { nodeAt } from '../../renderer/model/items/columns.ts';
import { diffItems } from '../../renderer/model/items/item-diff.ts';
import { withCell, withItems } from '../../renderer/model/items/item-edits.ts';
import { ItemTable } from '../../renderer/model/items/item-table.ts';
import { splitItems } from '../../renderer/model/items/split-items.ts';
import { encode } from '../../engine/store/codec.ts';
import { shown } from '../../host/store/show.ts';

const textOf = (items: unknown) => shown(encode(items, 'items'), true).json;

function tableOf(items: unknown): ItemTable {
  const table = ItemTable.of(textOf(items));
  if (!table) throw new Error('it is no list');
  return table;
}

/** What the table shows of its items, a row a line. */
function cells(table: ItemTable): string[][] {
  return [...table.spans.keys()].map(index => {
    const item = table.item(index);
    return table.columns.columns.map(column => {
      const node = item && nodeAt(item, column);
      return node ? cellOf(node, table.textOf(index)).text : '';
    });
  });
}

const NO_ORDER = { column: undefined, isDescending: false };

describe('a table of items', () => {
  test('has the members of all items as columns, those of small objects one level deep', () => {
    const table = tableOf([
      { id: 1, at: new Date(0), place: { city: 'Bern', code: 3000 } },
      { id: 2n, tags: ['a', 'b'], place: null },
      { id: undefined, map: new Map([['k', NaN]]), place: { city: 'a "quoted", [name]', deep: { er: 1 } } },
    ]);
    const titles = table.columns.columns.map(({ title }) => title);
    expect(titles).toEqual(['id', 'at', 'place.city', 'place.code', 'place.deep', 'tags', 'map']);
    expect(cells(table)).toEqual([
      ['1', '1970-01-01', 'Bern', '3000', '', '', ''],
      ['2n', '', 'null', '', '', '[ "a", "b" ]', ''],
      ['undefined', '', 'a "quoted", [name]', '', '{ "er": 1 }', '', 'Map { "k" => NaN }'],
    ]);
  });

  test('of texts, numbers and lists has one column, and of a mixture one more', () => {
    expect(cells(tableOf(['a', 7, [1, 2], null]))).toEqual([['a'], ['7'], ['[ 1, 2 ]'], ['null']]);
    const mixed = tableOf(['a', { n: 1 }]);
    expect(mixed.columns.columns.map(({ title }) => title)).toEqual(['Item', 'n']);
    expect(cells(mixed)).toEqual([
      ['a', ''],
      ['', '1'],
    ]);
  });

  test('shows items at fault first, until it is sorted; filters by any text in an item', () => {
    const table = tableOf([{ n: 10, of: 'b' }, { n: 9, of: 'A' }, { n: '8' }, {}, { n: 100, of: 'ab' }]);
    expect(table.rows('', NO_ORDER, [{ index: 4 }, { index: 2 }])).toEqual([2, 4, 0, 1, 3]);
    expect(table.rows(' aB', NO_ORDER, [])).toEqual([4]);
    const [column] = table.columns.columns;
    expect(table.rows('', { column, isDescending: false }, [{ index: 4 }])).toEqual([1, 0, 4, 2, 3]);
    expect(table.rows('', { column, isDescending: true }, [])).toEqual([2, 4, 0, 1, 3]);
  });

  test('of a text that was cut off has the whole items', () => {
    expect(splitItems('[{"a": "x]"}, {"b": [1,2]}, {"c": "unfin')).toEqual([
      { from: 1, to: 12 },
      { from: 14, to: 26 },
    ]);
    expect(splitItems('[]')).toEqual([]);
    expect(splitItems('{"a": 1}')).toBeUndefined();
  });

  test('of 100,000 items reads only those that are looked at', () => {
    const items = Array.from({ length: 100_000 }, (_, n) => `{"n": ${n}, "name": "film ${n}"}`);
    const table = ItemTable.of(`[${items.join(',\n')}]`);
    expect(table?.spans).toHaveLength(100_000);
    expect(table?.textOf(99_999)).toBe(items[99_999]);
    expect(table?.rows('film 99999', NO_ORDER, [])).toEqual([99_999]);
  });
});

describe('an edit of a cell', () => {
  const column = (table: ItemTable, title: string) => {
    const found = table.columns.columns.find(one => one.title === title);
    if (!found) throw new Error(`no column ${title}`);
    return found;
  };

  test('changes the text of that value, and not a character beside it', () => {
    const items = [
      { id: 12n, at: new Date(0), price: NaN, place: { city: 'Bern' } },
      { id: 13n, at: new Date(0), price: 2, place: { city: 'Basel' } },
    ];
    const table = tableOf(items);
    const edited = withCell(table.textOf(1), column(table, 'place.city'), '"Genf"');
    expect(edited).toBe(table.textOf(1).replace('Basel', 'Genf'));
    expect(withItems(table, new Map([[1, edited]]))).toBe(table.text.replace('Basel', 'Genf'));
  });

  test('adds what an item does not have', () => {
    const table = tableOf([{ a: 1 }, { b: { c: 2 } }, {}]);
    expect(withCell('{"a": 1}', column(table, 'b.c'), '5')).toBe('{"a": 1, "b": {"c": 5}}');
    expect(withCell('{}', column(table, 'a'), '5')).toBe('{"a": 5}');
    expect(() => withCell('7', column(table, 'a'), '5')).toThrow('This item has no members');
  });

  test.each<[typed: string, text: string, before: unknown]>([
    ['1942', '"1942"', '1941'],
    ['"quoted"', '"quoted"', 'a'],
    ['"1941"', '"1941"', 1941],
    ['1942 ', '1942', 1941],
    ['6', '6n', 5n],
    ['2026-01-31', 'Date("2026-01-31T00:00:00.000Z")', new Date(0)],
    ['true', 'true', null],
  ])('%s typed means %s', (typed, text, before) => {
    const table = tableOf([before]);
    expect(typedText(typed, table.item(0))).toBe(text);
  });

  test('that is none of all kinds is refused in words', () => {
    expect(() => typedText('soon', tableOf([1941]).item(0))).toThrow('Write a text in quotes, a number');
  });
});

describe('what an edit changes', () => {
  test('is told value by value, with the kinds', () => {
    const before = textOf([{ title: 1941, year: 1979 }, { title: 'Up', place: { city: 'Bern' } }, 'x']);
    const after = before.replace('1941', '"1941"').replace('Bern', 'Genf').replace('"x"', 'undefined');
    expect(diffItems(before, after)).toEqual({
      items: 3,
      counts: [3, 3],
      changes: [
        { item: 0, path: 'title', before: { text: '1941', kind: 'number' }, after: { text: '1941', kind: 'text' } },
        { item: 1, path: 'place.city', before: { text: 'Bern', kind: 'text' }, after: { text: 'Genf', kind: 'text' } },
        { item: 2, path: '', before: { text: 'x', kind: 'text' }, after: { text: 'undefined', kind: 'nothing' } },
      ],
    });
    expect(diffItems(before, before.replaceAll('\n', ' '))).toMatchObject({ items: 0, changes: [] });
  });

  test('of a list that goes without some of its items, or has them back, is these', () => {
    const [all, few] = ['[1, 2, 3, 4, 5, 6]', '[1,3,4,6]'];
    expect(diffItems(all, few)).toMatchObject({
      items: 2,
      counts: [6, 4],
      changes: [
        { item: 1, before: { text: '2' }, after: undefined },
        { item: 4, before: { text: '5' }, after: undefined },
      ],
    });
    expect(diffItems(few, all).changes).toMatchObject([
      { item: 1, before: undefined, after: { text: '2' } },
      { item: 4, before: undefined, after: { text: '5' } },
    ]);
  });

  test('of one item is told by its place', () => {
    expect(diffItems('[1]', '[2]', 17).changes).toMatchObject([{ item: 17 }]);
  });

  test('of a list that became shorter is what is missing', () => {
    expect(diffItems('[1, 2, 3]', '[1, 3]')).toMatchObject({
      items: 1,
      counts: [3, 2],
      changes: [{ item: 1, before: { text: '2' }, after: undefined }],
    });
  });
});
