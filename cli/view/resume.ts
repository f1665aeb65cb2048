import { plannedEffectsText } from '../../common/effects.ts';
import { counted, rangesText } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import type { StandingBatches } from '../../engine/run/rerun/batches-as-they-stand.ts';
import type { ResumeReport } from '../../engine/run/rerun/plan-resume.ts';
import { shownEffects, takenOutOfUse } from './rerun.ts';
import { Titles } from './titles.ts';

const STEP = ['step', 'steps'] as const;
const ATTEMPT = ['attempt', 'attempts'] as const;

/** What a resume does: told before it does it. @param graph The workflow as its file is now */
export function resumeText(report: ResumeReport, graph: Graph, codeChanged: boolean): string {
  const titles = new Titles(graph);
  const { reused, again, later, waits } = report;
  const lines = report.nodes.flatMap(node => nodeLines(node, titles));
  const kept = [
    ...report.nodes
      .filter(node => node.reused > 0)
      .map(node => `${batchesOf(node.reused, node, titles)} that succeeded`),
    ...(reused.steps > 0 ? [`${counted(reused.steps, STEP)} outside of batches`] : []),
    ...(reused.stepsInside > 0 ? [`${counted(reused.stepsInside, STEP)} inside the batches it goes on with`] : []),
  ];
  if (kept.length > 0) lines.push(`  Reuses: ${kept.join(', ')}`);
  if (again.length > 0) lines.push(`  Executes again, because they had not ended: ${attemptsText(again, titles)}`);
  if (later.length > 0) lines.push(`  Then begins: ${later.map(path => titles.node(path)).join(', ')}`);
  if (waits.length > 0) lines.push(`  Waits for a person or an event: ${waitsText(waits, titles)}`);
  lines.push(...takenOutOfUse(report, titles));
  for (const effects of report.effects)
    lines.push(`  Effects of ${titles.node(effects.path)}: ${plannedEffectsText(shownEffects(effects))}`);
  lines.push(`  Code: ${codeChanged ? 'changed since the run' : 'unchanged'}`);
  return lines.join('\n');
}

function nodeLines(node: StandingBatches, titles: Titles): string[] {
  const { path, left, continued, fromStart, hasMore } = node;
  const of = (batches: number) => batchesOf(batches, node, titles);
  return [
    ...(continued.length > 0
      ? [`  Goes on with: ${of(continued.length)} that had begun (#${rangesText(continued)})`]
      : []),
    ...(fromStart > 0 ? [`  Begins at the first step: ${of(fromStart)}`] : []),
    ...(hasMore ? [`  Reads on: the items of ${titles.batch(path).title} that it had not come to`] : []),
    ...(left > 0 ? [`  Leaves to a re-run: ${of(left)} that had failed or been cancelled`] : []),
  ];
}

/** `book/charge (2 attempts)`. */
export function attemptsText(steps: ResumeReport['again'], titles: Titles): string {
  return steps.map(({ path, attempts }) => `${titles.node(path)} (${counted(attempts, ATTEMPT)})`).join(', ');
}

export function waitsText(waits: ResumeReport['waits'], titles: Titles): string {
  return waits
    .map(({ path, steps }) => `${titles.node(path)}${steps > 1 ? ` (${counted(steps, STEP)})` : ''}`)
    .join(', ');
}

/** `94 batches of book`. */
export function batchesOf(batches: number, { path }: StandingBatches, titles: Titles): string {
  const { title, part } = titles.batch(path);
  return `${counted(batches, part)} of ${title}`;
}
