import { startRunner } from '../../engine/runner/parent.ts';
import { debugBatch, type DebugEnd } from '../../engine/runner/probe/debug/debug-batch.ts';
import type { DebuggerNews } from '../../engine/runner/probe/probe-process.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { failedToSearch } from '../../engine/store/searches.ts';
import { abortOnSignals } from '../abort-on-signals.ts';
import { movedFile, parseArguments, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { batchesOf, itemsOf, onlyOne } from '../chosen-batch.ts';
import { EXIT_CODES, EXIT_USAGE } from '../exit-codes.ts';
import { probeConsent } from '../probe-consent.ts';
import { reportProblem } from '../report-problem.ts';
import { attachedText, debuggerText, notAttachedText } from '../view/debug.ts';
import { askToAllow } from '../view/find.ts';
import { printEvent } from '../view/json.ts';
import { probedEvent, probedText } from '../view/probe.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

/** Executes a failed batch in a process that waits for a debugger, and stops there at the failing step. */
export async function debug(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'debug', 'the number of a run', {
    node: { type: 'string' },
    batches: { type: 'string' },
    items: { type: 'string' },
    step: { type: 'string' },
    listed: { type: 'boolean' },
    file: { type: 'string' },
    yes: { type: 'boolean' },
  });
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const json = values.json === true;
  const isListed = values.listed === true;
  const given = text(values.items);
  return await withStore(store, 'write', async db => {
    const row = requireRun(db, run);
    const batch = onlyOne(
      failedToSearch(db, run, { node: text(values.node), batches: batchesOf(text(values.batches)) }),
    );
    const titles = new Titles(parseStoredGraph(row.graph));
    let items: readonly number[] = [];
    const onNews = (news: DebuggerNews): void => {
      if (news.type === 'attached')
        return json ? printEvent({ event: 'attached' }) : void process.stdout.write(`${attachedText()}\n`);
      const { url: address, step } = news;
      if (json) printEvent({ event: 'debugger', node: batch.node, batch: batch.index, items, step, address });
      else
        process.stdout.write(
          `${debuggerText({ address, step, batch, items, titles, isListed, isWhole: given === undefined })}\n`,
        );
    };
    const stop = abortOnSignals();
    try {
      const end = await debugBatch({
        task: { kind: 'probe', store, run, file: movedFile(values), debugger: isListed ? 'listed' : 'unlisted' },
        scope: batch.scope,
        choose: (count, gone) => {
          items = itemsOf(given, count, gone);
          return given === undefined ? undefined : items;
        },
        step: text(values.step),
        start: startRunner,
        signal: stop.signal,
        clock: systemClock,
        mayExecute: probeConsent(db, row, { isGiven: values.yes === true, json, onAsk: () => undefined }),
        onNews,
      });
      return report(end);
    } finally {
      stop.end();
    }

    function report(end: DebugEnd): number {
      switch (end.kind) {
        case 'executed':
          if (json) printEvent(probedEvent(batch, items, end.answer));
          else process.stdout.write(`${probedText(batch, items, end.answer, titles)}\n`);
          return 0;
        case 'refused':
          return reportProblem(end.problem, json, store);
        case 'not-allowed':
          askToAllow('debug', run, store);
          return EXIT_USAGE;
        case 'not-attached':
          process.stderr.write(`${notAttachedText()}\n`);
          return EXIT_CODES.interrupted;
        case 'stopped':
          return EXIT_CODES.cancelled;
      }
    }
  });
}
