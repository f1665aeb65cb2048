import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';
import type { Fault } from './fault.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [BEGIN, END] = ['<!-- faults: made by npm run test:faults -- --write -->\n', '<!-- /faults -->'];

/** Prints the table of the faults that were tried, in the order of the files; asked to, puts it into docs/reliability.md. */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1))
      .flatMap(module => [...module.children.allTests()]);
    const faults = tests.flatMap(test => test.meta().faults ?? []);
    const skipped = tests.filter(test => test.result().state === 'skipped').map(({ fullName }) => fullName);
    const failed = tests.filter(test => test.result().state === 'failed').length;
    const table = tableOf(faults);
    process.stdout.write(
      `\n${table}\n${faults.length} faults tried${skipped.length > 0 ? `; not here: ${skipped.join('; ')}` : ''}.\n`,
    );
    if (process.env.CRONFLOW_FAULTS_WRITE !== '1') return;
    // A table of a run in which something went otherwise would tell of what is not so.
    if (failed > 0 || skipped.length > 0) {
      process.stdout.write(`docs/reliability.md is left as it is: ${failed} failed, ${skipped.length} skipped.\n`);
      return;
    }
    const page = readFileSync(PAGE, 'utf8');
    const [before, rest] = page.split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined) throw new Error(`${PAGE} has no place for the table.`);
    writeFileSync(PAGE, `${before}${BEGIN}${table}${END}${after}`);
  }
}

function tableOf(faults: readonly Fault[]): string {
  const rows = faults.map(
    ({ fault, became, said, afterwards }) => `| ${[fault, became, said, afterwards].map(cell).join(' | ')} |\n`,
  );
  return `| what was done | what became of it | what was said | and then |\n|-|-|-|-|\n${rows.join('')}`;
}

/** On one line, and nothing of it taken for a cell, a link or a tag. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<[\]]/g, String.raw`\$&`);
}
