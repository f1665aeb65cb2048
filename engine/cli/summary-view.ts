import type { Database } from 'better-sqlite3';
import { codeFrame } from '../load/frames.ts';
import type { Counts } from '../run/progress.ts';
import type { RerunReport } from '../run/rerun.ts';
import type { RunSummary } from '../run/summary.ts';
import { failureGroups, lostUpdates, sourceOf, type FailureGroup } from '../store/queries.ts';
import type { Graph } from '../workflow/graph.ts';
import { commandName, storeOption, toCaller } from './places.ts';
import { batchTitles, titleOf, type NodeTitle } from './titles.ts';
import { counted, duration, number, oneLine, paint, ranges, safe } from './words.ts';

const SHOWN_GROUPS = 5;
const SIGN = { completed: '✓', failed: '✕', cancelled: '⊘', interrupted: '!', paused: '‖', running: '▶' } as const;
const COLOUR = { completed: 'green', failed: 'red', cancelled: 'magenta', interrupted: 'yellow', paused: 'yellow', running: 'cyan' } as const;

/** How a run ended, for people: the counts that balance, the causes of failure, and what to do next. */
export function summaryText(db: Database, store: string, graph: Graph, summary: RunSummary): string {
  const titles = batchTitles(graph);
  const lines = [headline(graph, summary)];
  for (const node of summary.nodes) {
    const { title, unit, depth } = titleOf(titles, node.path);
    if (depth === 0) lines.push(`  ${title}: ${equation(node.items, unit)}`);
  }
  if (summary.reason !== undefined) lines.push(`  ${sentence(oneLine(summary.reason))}`);
  const groups = failureGroups(db, summary.run);
  const failed = summary.status === 'failed';
  if (failed && groups.length === 0 && summary.error) lines.push('', ...failedStep(summary));
  for (const group of groups.slice(0, SHOWN_GROUPS)) lines.push('', ...groupLines(db, summary.run, group, titles));
  if (groups.length > SHOWN_GROUPS) lines.push('', `  … and ${groups.length - SHOWN_GROUPS} more causes.`);
  for (const { key, count } of lostUpdates(db, summary.run)) {
    lines.push('', `  ${paint('yellow', '↻')} State ${quoted(key)}: ${counted(count, ['update was', 'updates were'])} overwritten by a batch that had not read ${count === 1 ? 'it' : 'them'}. Use state.incr or state.update.`);
  }
  const next = nextCommand(summary, store, groups.length > 0);
  if (next.length > 0) lines.push('', ...next);
  return lines.join('\n');
}

function headline(graph: Graph, { run, status, batches, durationMs }: RunSummary): string {
  const what = status === 'failed' && batches.failed > 0 ? `${number(batches.failed)} of ${number(batches.total)} batches failed` : status;
  return `${paint(COLOUR[status], `${SIGN[status]} ${oneLine(graph.name)}: ${what}`)} ${paint('dim', `(run ${run}, ${duration(durationMs)})`)}`;
}

/** `3,201 films = 2,001 done + 1,200 failed`: the parts that are not zero. */
export function equation(items: Counts, unit: readonly [string, string]): string {
  const parts: [number, string][] = [[items.succeeded, 'done'], [items.failed, 'failed'], [items.running, 'running'], [items.waiting, 'waiting'], [items.cancelled, 'cancelled']];
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`);
  return `${counted(items.total, unit)}${shown.length > 0 ? ` = ${shown.join(' + ')}` : ''}`;
}

function groupLines(db: Database, run: number, group: FailureGroup, titles: ReadonlyMap<string, NodeTitle>): string[] {
  const place = group.at ? ` ${paint('dim', `(${oneLine(toCaller(group.at.file))}:${group.at.line})`)}` : '';
  const lines = [
    `  ${paint('red', `✕ ${counted(group.batches, ['batch', 'batches'])} of ${titleOf(titles, group.node).title}`)}: ${oneLine(group.message)}${place}`,
    ...(group.explain === undefined ? [] : [`    ${oneLine(group.explain)}`]),
    paint('dim', `    batches ${ranges(group.indices)}`),
  ];
  const source = group.at && group.session !== undefined ? sourceOf(db, run, group.session, group.at.file) : undefined;
  if (group.at && source !== undefined) lines.push(...indented(codeFrame(source, group.at.line, group.at.column)));
  return lines;
}

function failedStep({ error }: RunSummary): string[] {
  if (!error) return [];
  const place = error.at ? ` ${paint('dim', `(${oneLine(toCaller(error.at.file))}:${error.at.line})`)}` : '';
  return [
    `  ${paint('red', `✕ ${error.step === undefined ? '' : `${oneLine(error.step)}: `}`)}${oneLine(error.message)}${place}`,
    ...(error.explain === undefined ? [] : [`    ${oneLine(error.explain)}`]),
  ];
}

function nextCommand({ run, status }: RunSummary, store: string, batchesFailed: boolean): string[] {
  const command = (name: string) => `    ${paint('bold', `${commandName()} ${name} ${run}${storeOption(store)}`)}`;
  switch (status) {
    case 'failed': return [`  Mend the cause, then run ${batchesFailed ? 'the failed batches' : 'the failed step'} again, into the same run:`, command('rerun')];
    case 'interrupted':
    case 'paused': return ['  Go on from the last checkpoint:', command('resume')];
    case 'cancelled': return ['  Go on with what was cancelled:', command('rerun')];
    case 'running':
    case 'completed': return [];
  }
}

/** What a re-run touches: said before it does. */
export function reportText(report: RerunReport, graph: Graph, codeChanged?: boolean): string {
  const titles = batchTitles(graph);
  const lines = report.nodes.map(({ path, batches, indices }) => `  Runs again: ${counted(batches, ['batch', 'batches'])} of ${titleOf(titles, path).title} (${ranges(indices)})`);
  for (const step of report.steps) lines.push(`  Tries again: ${oneLine(step)}`);
  lines.push(`  Reuses: ${counted(report.reused.batches, ['batch', 'batches'])} that succeeded, and ${counted(report.reused.steps, ['step', 'steps'])} inside those that run again`);
  if (report.repeats.length > 0) lines.push(`  Repeats, since they come later: ${report.repeats.map(path => oneLine(path)).join(', ')}`);
  for (const { key, by } of report.takenBack) lines.push(`  Takes back from state ${quoted(key)}: ${number(by)}`);
  if (report.notTakenBack.length > 0) lines.push(`  Cannot take back earlier changes of state ${report.notTakenBack.map(quoted).join(', ')}: repeated steps change it once more`);
  if (codeChanged !== undefined) lines.push(`  Code: ${codeChanged ? 'changed since' : 'unchanged'}`);
  return lines.join('\n');
}

function indented(frame: string): string[] {
  return safe(frame).split('\n').map(line => `    ${paint(line.startsWith('>') ? 'red' : 'dim', line)}`);
}

function quoted(key: string): string {
  return JSON.stringify(oneLine(key, 80));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
