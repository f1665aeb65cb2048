import { cellOf, isUnchanged, type ReadCell, type UsualKind } from './cells.ts';
import { cellOfCsv, csvCell, type CsvDialect } from './csv.ts';

/* What stands in a cell of a file that some other program has saved. */

/** What it says. @param csv The file is a CSV */
export function saidIn(written: ReadCell, csv: CsvDialect | undefined): ReadCell {
  return csv && typeof written === 'string' ? cellOfCsv(written, csv) : written;
}

/** Whether it is what was written for a value, or what programs make of that when they save the file. */
export function isAsWritten(
  value: unknown,
  written: ReadCell,
  csv: CsvDialect | undefined,
  usual: () => UsualKind,
): boolean {
  if (isUnchanged(value, saidIn(written, csv))) return true;
  const before = String(cellOf(value) ?? '');
  // A CSV that was saved as a workbook has the apostrophes of the CSV.
  if (!csv) return typeof written === 'string' && written === csvCell(before);
  // Programs leave them out. Where the others are numbers, that is rather a correction.
  return written === before && !(typeof saidIn(written, csv) === 'number' && usual() === 'number');
}
