import { counted, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { Cell } from '../../host/spreadsheet/cells.ts';
import { cellCount, type CorrectedRow, type Corrections } from '../../host/spreadsheet/corrections.ts';
import type { Tried } from '../../host/spreadsheet/try-corrections.ts';
import { printEvent, type CliEvent } from './json.ts';

const LONGEST = 60;
const LONGEST_REASON = 200;

/** What `cronflow import` shows: what is refused first, then each cell that changes, then what became of the tests. */
export class CorrectionsView {
  readonly #json: boolean;
  #passed = 0;
  #tried = 0;

  constructor(json: boolean) {
    this.#json = json;
  }

  show({ refused, corrected, unchanged, ignored }: Corrections): void {
    const cells = cellCount(corrected);
    for (const { row, why } of refused)
      this.#print(
        { event: 'refused', row, reason: why },
        `  Row ${number(row)} is refused. ${oneLine(why, LONGEST_REASON)}`,
      );
    for (const of of corrected)
      for (const { column, before, after } of of.cells)
        this.#print(
          { event: 'cell', row: of.row, batch: of.batch, item: of.item, column, before, after },
          `  ${placeOf(of)} ${oneLine(column, LONGEST)}: ${cellText(before)} → ${cellText(after)}`,
        );
    if (this.#json) return;
    for (const column of ignored) this.#line(`  No item has a ${oneLine(column, LONGEST)}: this column is ignored.`);
    const change = cells === 1 ? 'changes' : 'change';
    const counts = [
      `${counted(cells, ['cell', 'cells'])} ${change}, in ${counted(corrected.length, ['item', 'items'])}`,
    ];
    if (refused.length > 0) counts.push(`${counted(refused.length, ['row is', 'rows are'])} refused`);
    if (unchanged > 0) counts.push(`${counted(unchanged, ['row is', 'rows are'])} as before`);
    this.#line(`  ${counts.join('. ')}.`);
  }

  tried(row: CorrectedRow, tried: Tried): void {
    this.#tried += 1;
    const why = whyNot(tried);
    if (why === undefined) this.#passed += 1;
    const { batch, item } = row;
    if (this.#json)
      printEvent({ event: 'tested', row: row.row, batch, item, passed: why === undefined, reason: why ?? null });
    else if (why !== undefined) this.#line(`  ${placeOf(row)} ${oneLine(why, LONGEST_REASON)}`);
  }

  tested(): void {
    if (this.#json) return;
    const pass = this.#tried === 1 ? 'passes' : 'pass';
    this.#line(
      `  ${number(this.#passed)} of ${counted(this.#tried, ['item', 'items'])} ${pass} the test. Nothing is stored yet.`,
    );
  }

  #print(event: CliEvent, line: string): void {
    if (this.#json) printEvent(event);
    else this.#line(line);
  }

  #line(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

function placeOf({ row, batch, item }: CorrectedRow): string {
  return `Row ${number(row)} (batch #${batch}, item ${item}):`;
}

function whyNot(tried: Tried): string | undefined {
  switch (tried.kind) {
    case 'passes':
      return undefined;
    case 'needs-effect':
      return 'passes up to an effect, which no test executes';
    case 'fails':
      return `still fails: ${tried.error.message}`;
    case 'not-allowed':
      return 'is not tested: nobody has allowed to execute its steps; --yes allows it';
    case 'refused':
      return `is not tested: ${tried.why}`;
  }
}

/** Texts in quotes: `1776` and `"1776"` are two things. */
function cellText(cell: Cell): string {
  return cell === null ? 'empty' : oneLine(JSON.stringify(cell), LONGEST);
}
