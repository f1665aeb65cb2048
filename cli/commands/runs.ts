import { counted, BATCH, dateAndTime, duration, equation } from '../../common/format.ts';
import { failedBatches, type RunSummary } from '../../common/run-summary.ts';
import { outermost } from '../../common/node-paths.ts';
import { oneLine } from '../../common/safe-text.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { listRuns } from '../../engine/store/queries.ts';
import type { RunRow } from '../../engine/store/runs.ts';
import { parseArguments, positiveNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { printEvent, summaryEvent } from '../view/json.ts';
import { paint } from '../view/paint.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

export async function runs(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'runs', undefined, { limit: { type: 'string' } });
  const limit = positiveNumber('limit', text(values.limit) ?? '50');
  const json = values.json === true;
  return await withStore(findStore(text(values.store)), 'read', db => {
    const rows = listRuns(db, { limit });
    for (const row of rows) {
      const summary = storedSummary(db, row, systemClock.now());
      if (json) printEvent(summaryEvent(summary));
      else process.stdout.write(`${lineOf(row, summary)}\n`);
    }
    if (rows.length === 0 && !json) process.stdout.write('No runs yet.\n');
    return 0;
  });
}

function lineOf(row: RunRow, summary: RunSummary): string {
  const titles = new Titles(parseStoredGraph(row.graph));
  const nodes = outermost(summary.nodes);
  const unit = titles.unit(nodes.map(({ path }) => path));
  const parts = [dateAndTime(row.started_at), duration(summary.durationMs)];
  if (summary.items.total > 0)
    parts.push(
      equation(
        summary.items,
        unit,
        nodes.every(({ complete }) => complete),
      ),
    );
  // Failed batches of the outermost nodes are in the equation. Those inside them were tolerated.
  const failedInside = failedBatches(summary.nodes) - summary.batches.failed;
  if (failedInside > 0) parts.push(`${counted(failedInside, BATCH)} inside failed`);
  const details = paint('dim', ` · ${parts.join(' · ')}`);
  return `${String(row.id).padStart(4)}  ${summary.status.padEnd(11)} ${oneLine(row.name, 60)}${details}`;
}
