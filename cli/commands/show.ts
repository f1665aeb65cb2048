import { counted } from '../../common/format.ts';
import { statusWord } from '../../common/status.ts';
import { oneLine } from '../../common/safe-text.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { toRanges } from '../../common/ranges.ts';
import { nodeAmounts } from '../../engine/store/amount-queries.ts';
import { countEffects } from '../../engine/store/effect-queries.ts';
import type { BatchPredicate } from '../../engine/store/batch-predicate.ts';
import {
  failureCauses,
  listBatches,
  lostUpdates,
  placesOfCause,
  type ListedBatch,
} from '../../engine/store/queries.ts';
import { batchSelection, parseArguments, runNumber, text } from '../arguments.ts';
import { findStore, toCaller } from '../caller-paths.ts';
import { setAsidePage } from '../../engine/store/set-aside-queries.ts';
import { currentFindings } from '../../engine/store/findings.ts';
import { inCommonEvents } from '../view/in-common.ts';
import { findingEvent } from '../view/findings.ts';
import { setAsideEvent } from '../../engine/store/set-aside-event.ts';
import { batchEvent, effectsEvent, failureEvent, printEvent, summaryEvent } from '../view/json.ts';
import { MOST_CAUSES, summaryText } from '../view/summary.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

/** More say no more to a program either: `cronflow find` lists all. */
const MOST_FINDINGS = 1_000;

export async function show(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'show', 'the number of a run', { batches: { type: 'string' } });
  const store = findStore(text(values.store));
  const filter = batchFilter(text(values.batches));
  const json = values.json === true;
  return await withStore(store, 'read', db => {
    const row = requireRun(db, runNumber(operand));
    const summary = storedSummary(db, row, systemClock.now());
    const graph = parseStoredGraph(row.graph);
    const titles = new Titles(graph);
    for (const batch of filter ? listBatches(db, row.id, filter, summary.status === 'running') : []) {
      if (json) printEvent(batchEvent(batch));
      else process.stdout.write(`${lineOf(batch, titles)}\n`);
    }
    if (json) {
      for (const cause of failureCauses(db, row.id, MOST_CAUSES))
        printEvent(failureEvent(cause, placesOfCause(db, row.id, cause)));
      for (const { key, count } of lostUpdates(db, row.id)) printEvent({ event: 'lost-updates', key, count });
      for (const event of inCommonEvents(db, row.id, titles)) printEvent(event);
      for (const finding of currentFindings(db, row.id, { limit: MOST_FINDINGS })) printEvent(findingEvent(finding));
      for (const line of setAsidePage(db, row.id, { limit: MOST_FINDINGS })) printEvent(setAsideEvent(line));
      const effects = countEffects(db, row.id, summary.status === 'running');
      if (effects) printEvent(effectsEvent(row.id, effects));
      printEvent(summaryEvent(summary, nodeAmounts(db, row.id, summary.status === 'running')));
    } else process.stdout.write(`${summaryText(db, store, graph, summary)}\n`);
    return 0;
  });
}

function lineOf({ status, node, index, label, around, items, attempts, error }: ListedBatch, titles: Titles): string {
  const name = (path: string, at: number) => `${oneLine(titles.node(path), 40)} #${at}`;
  const own = label === undefined ? name(node, index) : `${name(node, index)} (${oneLine(label, 40)})`;
  const where = [own, ...around.toReversed().map(outer => name(outer.node, outer.index))].join(' in ');
  const parts = [where, counted(items, titles.batch(node).unit), `attempt ${attempts}`];
  if (error) {
    const location = error.at ? ` (${oneLine(toCaller(error.at.file))}:${error.at.line})` : '';
    parts.push(`${oneLine(error.message, 160)}${location}`);
  }
  return `  ${statusWord(status).padEnd(10)} ${parts.join(' · ')}`;
}

function batchFilter(given: string | undefined): BatchPredicate | undefined {
  if (given === undefined) return undefined;
  const selection = batchSelection(given);
  if (selection === 'all') return {};
  return selection === 'failed' ? { statuses: ['failed'] } : { ranges: toRanges(selection) };
}
