import { startRunner } from '../../engine/runner/parent.ts';
import { codeOrData } from '../../engine/runner/probe/code-or-data.ts';
import { versionToTry } from '../../engine/store/code-versions.ts';
import { NotProbed } from '../../engine/runner/probe/probe-process.ts';
import { ProbeProcesses } from '../../engine/runner/probe/probe-processes.ts';
import { oneLine } from '../../common/safe-text.ts';
import { shortIndex } from '../../common/set-aside.ts';
import { DEFAULT_BUDGET } from '../../engine/runner/probe/search-batch.ts';
import { shrinkItem, type SmallestItem } from '../../engine/runner/probe/shrink-item.ts';
import type { Answer } from '../../engine/run/probe/answer.ts';
import { decode, encode } from '../../engine/store/codec.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { itemsText } from '../../engine/store/step-queries.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { failedToSearch, type FailedBatchToSearch } from '../../engine/store/searches.ts';
import { movedFile, parseArguments, positiveNumber, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { batchesOf, itemsOf, onlyOne } from '../chosen-batch.ts';
import { EXIT_USAGE } from '../exit-codes.ts';
import { pin } from '../pin.ts';
import { probeConsent } from '../probe-consent.ts';
import { reportProblem } from '../report-problem.ts';
import { UsageError } from '../usage.ts';
import { askToAllow } from '../view/find.ts';
import { printEvent } from '../view/json.ts';
import { probedEvent, probedText } from '../view/probe.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

/** Executes a failed batch over some of its items, and says what becomes of it. */
export async function probe(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'probe', 'the number of a run', {
    node: { type: 'string' },
    batches: { type: 'string' },
    items: { type: 'string' },
    file: { type: 'string' },
    seconds: { type: 'string' },
    yes: { type: 'boolean' },
    values: { type: 'boolean' },
    shrink: { type: 'boolean' },
    pin: { type: 'boolean' },
    'code-or-data': { type: 'boolean' },
  });
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const json = values.json === true;
  const given = placesOf(text(values.items));
  const seconds = text(values.seconds);
  const limitMs = seconds === undefined ? DEFAULT_BUDGET.ms : positiveNumber('seconds', seconds) * 1000;
  return await withStore(store, 'write', async db => {
    const row = requireRun(db, run);
    const batch = onlyOne(
      failedToSearch(db, run, { node: text(values.node), batches: batchesOf(text(values.batches) ?? given.batch) }),
    );
    const mayExecute = probeConsent(db, row, { isGiven: values.yes === true, json, onAsk: () => undefined });
    const processes = new ProbeProcesses({
      task: { kind: 'probe', store, run, file: movedFile(values) },
      start: startRunner,
      now: () => performance.now(),
      signal: new AbortController().signal,
    });
    try {
      const { items: count, gone, isPure, hasControl, code } = await processes.open(batch.scope, limitMs);
      const items = itemsOf(given.items, count, gone);
      const isSmallest = values.shrink === true;
      if (!isPure && !(await mayExecute())) {
        askToAllow('probe', run, store);
        return EXIT_USAGE;
      }
      if (values.pin === true && values.items === undefined)
        throw new UsageError('--pin makes a test of items that fail: choose them with --items <index>.');
      if (isSmallest && items.length !== 1)
        throw new UsageError('--shrink makes one item smaller: choose it with --items <index>.');
      const indices = items.map(item => shortIndex(item, gone));
      const titles = new Titles(parseStoredGraph(row.graph));
      if (values.pin === true) {
        const { title } = titles.batch(batch.node);
        const toPin = {
          run,
          workflow: row.workflow,
          node: batch.node,
          title,
          batch: batch.index,
          places: items,
          indices,
        };
        return await pin(processes, { ...toPin, isSmallest }, { hasControl, json, store });
      }
      const answer = await (values.values === true ? processes.withValues(indices) : processes.inOne(indices, false));
      const smallest = isSmallest ? await smallestOf(db, run, batch, indices, answer, processes) : undefined;
      const verdict =
        values['code-or-data'] === true
          ? await codeOrData({
              scope: batch.scope,
              indices,
              today: answer,
              good: hasControl ? await processes.control() : undefined,
              version: versionToTry(db, { run, workflow: row.workflow, scope: batch.scope, path: batch.node, code }),
              task: { kind: 'probe', store, run, file: movedFile(values) },
              start: startRunner,
              limitMs,
            })
          : undefined;
      if (json) printEvent({ ...probedEvent(batch, items, answer, smallest), ...(verdict && { codeOrData: verdict }) });
      else {
        const sentence = verdict === undefined ? '' : `    ${oneLine(verdict.text, 500)}\n`;
        process.stdout.write(`${probedText(batch, items, answer, titles, smallest)}\n${sentence}`);
      }
      return 0;
    } catch (error) {
      if (error instanceof NotProbed) return reportProblem(error.problem, json, store);
      throw error;
    } finally {
      processes.end();
    }
  });
}

/** Of the one item, if it fails: one that has run out of time or memory would do so again and again. */
async function smallestOf(
  db: StoreDatabase,
  run: number,
  { scope }: FailedBatchToSearch,
  [index = 0]: readonly number[],
  answer: Answer,
  processes: ProbeProcesses,
): Promise<SmallestItem | undefined> {
  const text = itemsText(db, run, scope, undefined);
  if (answer.passed || answer.isExhausted === true || text === undefined) return undefined;
  const item = encode((decode(text) as unknown[])[index], 'item');
  return await shrinkItem(item, answer.error.fingerprint, processes.ofValue);
}

/** `--items 2:17,2:19` says in which batch they are. */
function placesOf(given: string | undefined): {
  readonly batch?: string | undefined;
  readonly items: string | undefined;
} {
  const places = given?.split(',').map(place => /^\s*(\d+):(\d+)\s*$/.exec(place));
  const [first] = places ?? [];
  if (!first || !places?.every(place => place?.[1] === first[1])) return { items: given };
  return { batch: first[1], items: places.map(place => place?.[2]).join(',') };
}
