import { bytes, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { WorkerCard } from '../../engine/remote/directory.ts';

/** How much of a hash tells one version of the code from another. */
const SHORT = 8;

/** The workers of a queue, as a table. */
export function workersText(workers: readonly WorkerCard[], queue: string): string {
  if (workers.length === 0)
    return `There is no worker at ${queue}. Start one with: cronflow work <folder> --queue ${queue}\n`;
  const rows = workers.map(
    ({ address, host, pid, workflows, concurrency, inFlight, stepsPerSecond, memoryBytes, isDraining }) => [
      address.slice(0, SHORT),
      `${oneLine(host)}:${pid}`,
      `${inFlight} of ${concurrency}${isDraining ? ', draining' : ''}`,
      number(Math.round(stepsPerSecond)),
      bytes(memoryBytes),
      workflows.map(({ workflow, code }) => `${oneLine(workflow)}@${code.slice(0, SHORT)}`).join(' '),
    ],
  );
  const head = ['address', 'machine', 'batches', 'steps/s', 'memory', 'workflows with the hash of their code'];
  return table([head, ...rows]) + differences(workers);
}

/** A run goes only to workers with its own code: where they differ, that is worth a word. */
function differences(workers: readonly WorkerCard[]): string {
  const all = workers.flatMap(({ workflows }) => workflows);
  const names = [...new Set(all.map(({ workflow }) => workflow))];
  return names
    .filter(name => new Set(all.filter(({ workflow }) => workflow === name).map(({ code }) => code)).size > 1)
    .map(name => `Workers have different code of ${oneLine(name)}: a run goes to those that have its own.\n`)
    .join('');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
