import { counted, duration, equation, number } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import { outermost } from '../../common/node-paths.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { oneLine } from '../../common/safe-text.ts';
import { GLYPH } from '../../common/status.ts';
import { runStatusWord } from '../../common/waits-for.ts';
import { numberedRun } from './live.ts';
import { paint } from './paint.ts';
import { Titles } from './titles.ts';

/* How a run ended, as far as its summary tells: without the store. */

const COLOUR = {
  completed: 'green',
  failed: 'red',
  cancelled: 'magenta',
  interrupted: 'yellow',
  paused: 'yellow',
  running: 'cyan',
} as const;

/** All that there is to say of a run that has completed, where its store has no more to say: see `hasMoreToSay`. */
export function outcomeText(graph: Graph, summary: Outcome): string {
  const titles = new Titles(graph);
  return [...outcomeLines(graph, summary, titles), ...keyLine(summary)].join('\n');
}

/** What of a summary is shown without its store. */
export type Outcome = Omit<RunSummary, 'state' | 'output'>;

/** The headline, and the counts that balance. */
export function outcomeLines(graph: Graph, summary: Outcome, titles: Titles): string[] {
  const lines = [headline(graph, summary, titles)];
  for (const node of outermost(summary.nodes)) {
    const { title, unit } = titles.batch(node.path);
    lines.push(`  ${title}: ${equation(node.items, unit, node.complete)}`);
  }
  return lines;
}

export function keyLine({ key }: Outcome): string[] {
  return key === undefined ? [] : [`  ${paint('dim', `Key: ${oneLine(key)}`)}`];
}

function headline(graph: Graph, summary: Outcome, titles: Titles): string {
  const { run, status, demo, durationMs } = summary;
  const what = status === 'failed' ? whatFailed(summary, titles) : runStatusWord(summary);
  return (
    `${paint(COLOUR[status], `${GLYPH[status]} ${oneLine(graph.name)}: ${what}`)} ` +
    `${paint('dim', `(${numberedRun({ run, demo })}, ${duration(durationMs)})`)}`
  );
}

/** `5 of 33 batches failed`; for a forEach `5 of 33 films failed`, in the author's word. */
function whatFailed(summary: Outcome, titles: Titles): string {
  const failed = outermost(summary.nodes).filter(({ batches }) => batches.failed > 0);
  const parts = failed.map(
    ({ path, batches }) => `${number(batches.failed)} of ${counted(batches.total, titles.batch(path).part)}`,
  );
  return (
    [...parts.slice(0, 3), ...(parts.length > 3 ? ['others'] : [])].join(' and ') +
    (parts.length > 0 ? ' failed' : 'failed')
  );
}
