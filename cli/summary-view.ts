import type { Database } from 'better-sqlite3';
import { codeFrame } from '../engine/load/code-frame.ts';
import type { RerunReport } from '../engine/run/rerun/rerun.ts';
import type { RunSummary } from '../common/run-summary.ts';
import type { FailureCause } from '../engine/store/failure-cause.ts';
import {
  failureCauses,
  latestSession,
  lostUpdates,
  placesOfCause,
  sourceOf,
  type CausePlaces,
} from '../engine/store/queries.ts';
import type { StoredError } from '../common/stored-error.ts';
import type { Graph } from '../common/graph.ts';
import { commandName, storeOption, toCaller } from './caller-paths.ts';
import { Titles, type Unit } from './titles.ts';
import { paint } from './paint.ts';
import { counted, duration, equation, number, rangesText } from '../common/format.ts';
import { oneLine, safe } from '../common/safe-text.ts';

/** Causes that are looked for; more say no more to a person. */
export const MOST_CAUSES = 20;
const SHOWN_GROUPS = 5;
const SIGN = { completed: '✓', failed: '✕', cancelled: '⊘', interrupted: '!', paused: '‖', running: '▶' } as const;
const COLOUR = {
  completed: 'green',
  failed: 'red',
  cancelled: 'magenta',
  interrupted: 'yellow',
  paused: 'yellow',
  running: 'cyan',
} as const;

/** How a run ended, for people: the counts that balance, the causes of failure, and what to do next. */
export function summaryText(db: Database, store: string, graph: Graph, summary: RunSummary): string {
  const titles = new Titles(graph);
  const frames = new Frames(db, summary.run);
  const lines = [headline(graph, summary, titles)];
  for (const node of outermost(summary, titles)) {
    const { title, unit } = titles.batch(node.path);
    lines.push(`  ${title}: ${equation(node.items, unit, node.complete)}`);
  }
  if (summary.reason !== undefined) lines.push(`  ${sentence(oneLine(summary.reason))}`);
  const failedStep = stepThatFailed(summary);
  if (failedStep) lines.push('', ...stepLines(failedStep, titles, frames));
  const groups = failureCauses(db, summary.run, MOST_CAUSES);
  for (const group of groups.slice(0, SHOWN_GROUPS))
    lines.push('', ...groupLines(group, placesOfCause(db, summary.run, group), titles, frames));
  if (groups.length > SHOWN_GROUPS)
    lines.push('', `  … and ${counted(groups.length - SHOWN_GROUPS, ['more cause', 'more causes'])}.`);
  for (const { key, count } of lostUpdates(db, summary.run)) {
    lines.push(
      '',
      `  ${paint('yellow', '↻')} State ${quoted(key)}: ${counted(count, ['update was', 'updates were'])} overwritten by a batch that had not read ${count === 1 ? 'it' : 'them'}. Use state.incr or state.update.`,
    );
  }
  const next = nextCommand(summary, store, titles, failedStep !== undefined, groups);
  if (next.length > 0) lines.push('', ...next);
  return lines.join('\n');
}

function headline(graph: Graph, summary: RunSummary, titles: Titles): string {
  const { run, status, durationMs } = summary;
  const what = status === 'failed' ? whatFailed(summary, titles) : status;
  return `${paint(COLOUR[status], `${SIGN[status]} ${oneLine(graph.name)}: ${what}`)} ${paint('dim', `(run ${run}, ${duration(durationMs)})`)}`;
}

/** `5 of 33 batches failed`; of a forEach its items, by the author's word for them. */
function whatFailed(summary: RunSummary, titles: Titles): string {
  const failed = outermost(summary, titles).filter(({ batches }) => batches.failed > 0);
  const parts = failed.map(
    ({ path, batches }) => `${number(batches.failed)} of ${counted(batches.total, titles.batch(path).part)}`,
  );
  return (
    [...parts.slice(0, 3), ...(parts.length > 3 ? ['others'] : [])].join(' and ') +
    (parts.length > 0 ? ' failed' : 'failed')
  );
}

function outermost(summary: RunSummary, titles: Titles): RunSummary['nodes'] {
  return summary.nodes.filter(({ path }) => titles.batch(path).depth === 0);
}

/** The error of a step outside of batches; those of batches are told by cause. */
function stepThatFailed({ status, error }: RunSummary): StoredError | undefined {
  return status === 'failed' && error?.name !== 'BatchesFailed' ? error : undefined;
}

function groupLines(group: FailureCause, places: CausePlaces, titles: Titles, frames: Frames): string[] {
  const { title, part } = titles.batch(group.path);
  return [
    `  ${paint('red', `✕ ${counted(group.batches, part)} of ${title}`)}: ${oneLine(group.message)}${placeOf(group.at)}`,
    ...(group.explain === undefined ? [] : [`    ${oneLine(group.explain)}`]),
    paint('dim', `    ${whereOf(group, places, titles)}`),
    ...frames.of(group.at, places.session),
  ];
}

/** `batches #3,7-9`; of those inside others, where these stand: their own places are counted anew in each. */
function whereOf({ path, batches }: FailureCause, { indices, within }: CausePlaces, titles: Titles): string {
  const named = ([one, many]: Unit, count: number, places: readonly number[]) =>
    `${count === 1 ? one : many} #${rangesText(places)}`;
  if (!within) return named(titles.batch(path).part, batches, indices);
  const { title, part } = titles.batch(within.node);
  return `in ${named(part, within.indices.length, within.indices)} of ${title}`;
}

function stepLines(error: StoredError, titles: Titles, frames: Frames): string[] {
  return [
    `  ${paint('red', `✕ ${error.step === undefined ? '' : `${titles.node(error.step)}: `}`)}${oneLine(error.message)}${placeOf(error.at)}`,
    ...(error.explain === undefined ? [] : [`    ${oneLine(error.explain)}`]),
    ...frames.of(error.at, undefined),
  ];
}

function placeOf(at: FailureCause['at']): string {
  return at ? ` ${paint('dim', `(${oneLine(toCaller(at.file))}:${at.line})`)}` : '';
}

/** The author's lines as they were when they failed, each shown once: several causes often come from one line. */
class Frames {
  readonly #db: Database;
  readonly #run: number;
  readonly #shown = new Set<string>();

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  of(at: FailureCause['at'], session = latestSession(this.#db, this.#run)): string[] {
    if (!at || session === undefined) return [];
    const place = JSON.stringify([at.file, at.line, session]);
    if (this.#shown.has(place)) return [];
    this.#shown.add(place);
    const source = sourceOf(this.#db, this.#run, session, at.file);
    return source === undefined ? [] : indented(codeFrame(source, at.line, at.column));
  }
}

function nextCommand(
  summary: RunSummary,
  store: string,
  titles: Titles,
  stepFailed: boolean,
  groups: readonly FailureCause[],
): string[] {
  const { run, status } = summary;
  const command = (name: string, options = '') =>
    `    ${paint('bold', `${commandName()} ${name} ${run}${options}${storeOption(store)}`)}`;
  const parts = titles.part(
    outermost(summary, titles)
      .filter(({ batches }) => batches.failed > 0)
      .map(({ path }) => path),
  )[1];
  switch (status) {
    case 'failed': {
      const what = [...(stepFailed ? ['the failed step'] : []), ...(groups.length > 0 ? [`the failed ${parts}`] : [])];
      return [
        `  Mend the cause, then run ${what.length > 0 ? what.join(' and ') : 'what failed'} again, into the same run:`,
        command('rerun'),
      ];
    }
    case 'interrupted':
    case 'paused':
      return ['  Go on from the last checkpoint:', command('resume')];
    case 'cancelled':
      return ['  Go on with what was cancelled:', command('rerun')];
    case 'running':
      return [];
    case 'completed':
      return groups.length === 0
        ? []
        : [
            `  The run went on without the failed ${parts}. To look at them, and to run them again, into the same run:`,
            command('show', ' --batches failed'),
            command('rerun'),
          ];
  }
}

/** What a re-run touches: said before it does. */
export function reportText(report: RerunReport, graph: Graph, codeChanged?: boolean): string {
  const titles = new Titles(graph);
  const lines = report.nodes.map(({ path, batches, indices }) => {
    const { title, part } = titles.batch(path);
    return `  Runs again: ${counted(batches, part)} of ${title} (#${rangesText(indices)})`;
  });
  for (const step of report.steps) lines.push(`  Tries again: ${titles.node(step)}`);
  const { batches, steps } = report.reused;
  lines.push(
    `  Reuses: ${counted(batches, titles.part(report.nodes.map(({ path }) => path)))} that succeeded${steps === 0 ? '' : `, and ${counted(steps, ['step', 'steps'])} inside those that run again`}`,
  );
  if (report.repeats.length > 0)
    lines.push(`  Repeats, since they come later: ${report.repeats.map(path => titles.node(path)).join(', ')}`);
  for (const { key, by } of report.takenBack) lines.push(`  Takes back from state ${quoted(key)}: ${number(by)}`);
  if (report.notTakenBack.length > 0)
    lines.push(
      `  Cannot take back earlier changes of state ${report.notTakenBack.map(quoted).join(', ')}: repeated steps change it once more`,
    );
  if (codeChanged !== undefined) lines.push(`  Code: ${codeChanged ? 'changed since' : 'unchanged'}`);
  return lines.join('\n');
}

function indented(frame: string): string[] {
  return safe(frame)
    .split('\n')
    .map(line => `    ${paint(line.startsWith('>') ? 'red' : 'dim', line)}`);
}

function quoted(key: string): string {
  return JSON.stringify(oneLine(key, 80));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
