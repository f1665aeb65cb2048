import {
  BATCH,
  bytes,
  counted,
  dateAndTime,
  duration,
  equation,
  LOST_UPDATE,
  number,
  RUN,
} from '../../common/format.ts';
import type { RunAsShown } from '../../common/run-as-shown.ts';
import { failedInside } from '../../common/run-summary.ts';
import { outermost } from '../../common/node-paths.ts';
import { clip, oneLine } from '../../common/safe-text.ts';
import { RUN_STATUSES, type RunStatus } from '../../common/status.ts';
import { runStatusWord, waitsForText } from '../../common/waits-for.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { UnreadableError } from '../../engine/store/codec.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { countLostUpdates, countRuns, listRuns } from '../../engine/store/queries.ts';
import { labelOf, type RunLabel } from '../../engine/store/run-labels.ts';
import { observedRun, showRun } from '../../engine/store/run-as-shown.ts';
import { graphText } from '../../engine/store/run-queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { storeSpace, type StoreSpace } from '../../engine/store/store-space.ts';
import { parseArguments, positiveNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { printEvent, summaryEvent } from '../view/json.ts';
import { paint } from '../view/paint.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

export async function runs(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'runs', undefined, {
    limit: { type: 'string' },
    workflow: { type: 'string' },
    status: { type: 'string' },
    parts: { type: 'boolean' },
  });
  const limit = positiveNumber('limit', text(values.limit) ?? '50');
  const statuses = statusesOf(text(values.status));
  const workflow = text(values.workflow);
  const json = values.json === true;
  const withParts = values.parts === true;
  return await withStore(findStore(text(values.store)), 'read', db => {
    const ids = listRuns(db, { limit, workflow, statuses, withParts });
    for (const id of ids) list(db, id, json);
    if (json) return 0;
    const all = countRuns(db, withParts);
    if (all === 0) process.stdout.write('No runs yet.\n');
    // Beside the list, so that each line of it is a run.
    else process.stderr.write(`${footer(ids.length, all, storeSpace(db))}\n`);
    return 0;
  });
}

/** From `--status failed,paused`. @throws UsageError */
function statusesOf(given: string | undefined): readonly RunStatus[] | undefined {
  return given?.split(',').map(word => {
    const status = RUN_STATUSES.find(known => known === word.trim());
    if (!status)
      throw new UsageError(
        `--status ${JSON.stringify(clip(given, 100))}: a run is ${RUN_STATUSES.slice(0, -1).join(', ')} or ${RUN_STATUSES.at(-1)}.`,
      );
    return status;
  });
}

function footer(shown: number, runs: number, { bytes: size, freeBytes }: StoreSpace): string {
  const of = shown === runs ? counted(runs, RUN) : `${number(shown)} of ${counted(runs, RUN)}`;
  const free = freeBytes * 10 >= size ? `, ${bytes(freeBytes)} of it free for new runs` : '';
  return paint('dim', `${of} · the store takes ${bytes(size)}${free}`);
}

/** A run that is damaged is listed as such: the others are what they are. */
function list(db: StoreDatabase, id: number, json: boolean): void {
  try {
    if (json) {
      const row = readRun(db, id);
      if (row) printEvent(summaryEvent(storedSummary(db, row, systemClock.now())));
      return;
    }
    const line = observedRun(db, id);
    if (line)
      process.stdout.write(
        `${lineOf(showRun(db, line, systemClock.now()), graphText(db, id) ?? '', countLostUpdates(db, id), labelOf(db, id))}\n`,
      );
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const { message } = error;
    if (json) printEvent({ event: 'unreadable', run: String(id), message });
    else process.stdout.write(`${numberOf(id)}  ${'damaged'.padEnd(STATUS_WIDTH)} ${oneLine(message, 120)}\n`);
  }
}

const STATUS_WIDTH = 11;

function numberOf(run: number): string {
  return String(run).padStart(4);
}

/** Without output and state: they may be large, and a line does not show them. */
function lineOf(shown: RunAsShown, graph: string, lostUpdates: number, { title }: RunLabel): string {
  const titles = new Titles(parseStoredGraph(graph));
  const nodes = outermost(shown.nodes);
  const unit = titles.unit(nodes.map(({ path }) => path));
  const demo = shown.demo ? `${paint('yellow', 'demo')} ` : '';
  const parts = [dateAndTime(shown.startedAt), duration(shown.activeMs)];
  if (shown.items.total > 0)
    parts.push(
      equation(
        shown.items,
        unit,
        nodes.every(({ complete }) => complete),
      ),
    );
  // Failed batches of the outermost nodes are in the equation. Those inside them were tolerated.
  const inside = failedInside(shown);
  if (inside > 0) parts.push(`${counted(inside, BATCH)} inside failed`);
  if (shown.partOf !== undefined) parts.push(`part of run ${shown.partOf}`);
  if (shown.waitsFor) parts.push(`waits for ${waitsForText(shown.waitsFor)}`);
  if (lostUpdates > 0) parts.push(counted(lostUpdates, LOST_UPDATE));
  const details = paint('dim', ` · ${parts.join(' · ')}`);
  return `${numberOf(shown.run)}  ${runStatusWord(shown).padEnd(STATUS_WIDTH)} ${demo}${oneLine(title === undefined ? shown.name : `${title} (${shown.name})`, 60)}${details}`;
}
