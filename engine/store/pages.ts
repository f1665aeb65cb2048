/** The first of many rows, and whether there are no more. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
}

/** What a row has beside its text. */
const ROW_CHARS = 64;

/** As many rows as are about so long together: a page ends with the row that makes it longer. */
export function pageOf<Row>(all: Iterable<Row>, mostChars: number, charsOf: (row: Row) => number): Page<Row> {
  const rows: Row[] = [];
  let chars = 0;
  for (const row of all) {
    rows.push(row);
    chars += ROW_CHARS + charsOf(row);
    if (chars >= mostChars) return { rows, isLast: false };
  }
  return { rows, isLast: true };
}
