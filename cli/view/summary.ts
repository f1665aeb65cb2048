import type { Database } from 'better-sqlite3';
import { amountsText } from '../../common/amounts.ts';
import { outermost } from '../../common/node-paths.ts';
import { counted } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { nodeAmounts } from '../../engine/store/amount-queries.ts';
import { countEffects } from '../../engine/store/effect-queries.ts';
import type { FailureCause } from '../../engine/store/failure-cause.ts';
import { failureCauses, lostUpdates, placesOfCause } from '../../engine/store/queries.ts';
import { rootOf } from '../../engine/store/subflow-store.ts';
import { nodesToSearch } from '../../engine/store/searches.ts';
import { commandName, storeOption } from '../caller-paths.ts';
import { findingsText } from './findings.ts';
import { setAsideText } from './set-aside.ts';
import { causeLines, Frames, stepLines } from './causes.ts';
import { inCommonText } from './in-common.ts';
import { waitLines } from './waits.ts';
import { unknownText } from './effects.ts';
import { keyLine, outcomeLines } from './outcome.ts';
import { partLines, partOfText } from './parts.ts';
import { paint } from './paint.ts';
import { quotedKey } from './rerun.ts';
import { Titles } from './titles.ts';

/** So many causes are looked for. More say no more to a person. */
export const MOST_CAUSES = 20;
const SHOWN_CAUSES = 5;

/**
 * How a run ended, for people: the counts that balance, the causes of failure, and what to do next. What the store tells for it of
 * a run that has completed, engine/store/more-to-say.ts asks for.
 */
export function summaryText(db: Database, store: string, graph: Graph, summary: RunSummary): string {
  const titles = new Titles(graph);
  const frames = new Frames(db, summary.run);
  const lines = outcomeLines(graph, summary, titles);
  for (const amounts of nodeAmounts(db, summary.run, summary.status === 'running'))
    lines.push(`  ${titles.batch(amounts.path).title}: ${oneLine(amountsText(amounts))}`);
  lines.push(...keyLine(summary));
  lines.push(...partOfText(db, summary.run));
  if (summary.reason !== undefined && !(summary.rests && summary.waitsFor))
    lines.push(`  ${sentence(oneLine(summary.reason))}`);
  const failedStep = stepThatFailed(summary);
  if (failedStep) lines.push('', ...stepLines(failedStep, titles, frames));
  const causes = failureCauses(db, summary.run, MOST_CAUSES);
  for (const cause of causes.slice(0, SHOWN_CAUSES))
    lines.push('', ...causeLines(cause, placesOfCause(db, summary.run, cause), titles, frames));
  if (causes.length > SHOWN_CAUSES)
    lines.push('', `  … and ${counted(causes.length - SHOWN_CAUSES, ['more cause', 'more causes'])}.`);
  const atFault = findingsText(db, summary.run, titles);
  if (atFault.length > 0) lines.push('', ...atFault, ...inCommonText(db, summary.run, titles));
  const aside = setAsideText(db, summary.run, titles);
  if (aside.length > 0) lines.push('', ...aside);
  for (const { key, count } of lostUpdates(db, summary.run)) {
    lines.push(
      '',
      `  ${paint('yellow', '↻')} State ${quotedKey(key)}: ${counted(count, ['update was', 'updates were'])} ` +
        `overwritten by a batch that had not read ${count === 1 ? 'it' : 'them'}. Use state.incr or state.update.`,
    );
  }
  const parts = partLines(db, summary.run, titles);
  if (parts.length > 0) lines.push('', ...parts);
  if (summary.waitsFor) lines.push('', ...waitLines(db, summary.run, store, titles));
  const effects = countEffects(db, summary.run, summary.status === 'running');
  if (effects && effects.unknown > 0) lines.push('', ...unknownText(summary.run, effects.unknown, store));
  // The items of a demo are not at fault.
  const isSearched = atFault.length > 0 || summary.status === 'running' || summary.demo === true;
  const find = isSearched ? [] : findCommand(db, summary.run, store, titles);
  const known = {
    stepFailed: failedStep !== undefined,
    causes,
    isFound: atFault.length > 0,
    isAside: aside.length > 0,
  };
  const next = [...find, ...nextCommand(ofRoot(db, summary), store, titles, known)];
  if (next.length > 0) lines.push('', ...next);
  return lines.join('\n');
}

/** What is a part of another run goes on with the outermost one: that is resumed and re-run. */
function ofRoot(db: Database, summary: RunSummary): RunSummary {
  return summary.status === 'completed' ? summary : { ...summary, run: rootOf(db, summary.run) };
}

/** The error of a step outside of batches. Errors of batches are shown by cause. */
function stepThatFailed({ status, error }: RunSummary): StoredError | undefined {
  return status === 'failed' && error?.name !== 'BatchesFailed' ? error : undefined;
}

/** Where nobody has named or looked for the items that make batches fail. */
function findCommand(db: Database, run: number, store: string, titles: Titles): string[] {
  const nodes = nodesToSearch(db, run);
  if (nodes.length === 0) return [];
  const [, items] = titles.unit(nodes);
  return [`  To find out which ${items} make their batches fail:`, commandLine('find', run, store)];
}

/** A command for this run, as this caller types it. */
function commandLine(name: string, run: number, store: string, options = ''): string {
  return `    ${paint('bold', `${commandName()} ${name} ${run}${options}${storeOption(store)}`)}`;
}

/** What the summary has told before. */
interface Known {
  readonly stepFailed: boolean;
  readonly causes: readonly FailureCause[];
  readonly isFound: boolean;
  readonly isAside: boolean;
}

function nextCommand(
  summary: RunSummary,
  store: string,
  titles: Titles,
  { stepFailed, causes, isFound, isAside }: Known,
): string[] {
  const { run, status, demo } = summary;
  const command = (name: string, options = '') => commandLine(name, run, store, options);
  const parts = titles.part(
    outermost(summary.nodes)
      .filter(({ batches }) => batches.failed > 0)
      .map(({ path }) => path),
  )[1];
  switch (status) {
    case 'failed': {
      const what = [...(stepFailed ? ['the failed step'] : []), ...(causes.length > 0 ? [`the failed ${parts}`] : [])];
      const failed = what.length > 0 ? what.join(' and ') : 'what failed';
      return [
        demo
          ? `  Re-run ${failed}. What the demo has made fail succeeds then:`
          : `  Fix the cause, then re-run ${failed}:`,
        command('rerun'),
        ...(isFound
          ? ['  Or go on without the items at fault, which stay on record:', command('rerun', ' --set-aside found')]
          : []),
      ];
    }
    case 'interrupted':
    case 'paused':
      if (summary.rests && summary.waitsFor) return [];
      if (summary.rests) return ['  What it waited for has come. Resume it:', command('resume')];
      return ['  Resume the run from its last checkpoint:', command('resume')];
    case 'cancelled':
      return ['  Resume what was cancelled:', command('rerun')];
    case 'running':
      return [];
    case 'completed':
      return [
        ...(causes.length === 0
          ? []
          : [
              `  The run went on without the failed ${parts}. To look at them, and to re-run them:`,
              command('show', ' --batches failed'),
              command('rerun'),
            ]),
        ...(isAside
          ? [
              '  To write what is set aside to a file, and to take it back in:',
              command('export', ' --set-aside'),
              command('rerun', ' --take-back all'),
            ]
          : []),
      ];
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
