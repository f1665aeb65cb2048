import { plannedEffectsText, type PlannedEffects } from '../../common/effects.ts';
import { counted, number, rangesText } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { MovedItems, RerunReport } from '../../engine/run/rerun/request.ts';
import { Titles } from './titles.ts';

const LONGEST_KEY = 80;
const LONGEST_UNIT = 40;
const LONGEST_NAME = 40;
const MOST_NAMES = 10;

/** What a re-run does: told before it does it. */
export function rerunText(report: RerunReport, graph: Graph, codeChanged?: boolean): string {
  const titles = new Titles(graph);
  const lines = report.nodes.map(({ path, batches, indices }) => {
    const { title, part } = titles.batch(path);
    return `  Re-runs: ${counted(batches, part)} of ${title} (#${rangesText(indices)})`;
  });
  for (const moved of report.setAside) lines.push(`  Sets aside: ${movedText(moved, titles)}`);
  for (const moved of report.takenIn) lines.push(`  Takes back in: ${movedText(moved, titles)}`);
  for (const { path, batches } of report.waiting) {
    const { title, part } = titles.batch(path);
    lines.push(`  Goes on with: ${counted(batches, part)} of ${title} that had not finished`);
  }
  for (const step of report.steps) lines.push(`  Re-runs: ${titles.node(step)}`);
  const { batches, steps } = report.reused;
  const part = titles.part(report.nodes.map(({ path }) => path));
  const inside = steps === 0 ? '' : `, and ${counted(steps, ['step', 'steps'])} inside the batches it re-runs`;
  // A failed step outside of batches may be all there is to re-run.
  if (report.nodes.length > 0 || batches > 0) lines.push(`  Reuses: ${counted(batches, part)} that succeeded${inside}`);
  if (report.repeats.length > 0)
    lines.push(`  Repeats, because they come later: ${report.repeats.map(path => titles.node(path)).join(', ')}`);
  lines.push(...takenOutOfUse(report, titles));
  for (const effects of report.effects)
    lines.push(`  Effects of ${titles.node(effects.path)}: ${plannedEffectsText(shownEffects(effects))}`);
  if (codeChanged !== undefined) lines.push(`  Code: ${codeChanged ? 'changed since the run' : 'unchanged'}`);
  return lines.join('\n');
}

/** What becomes of work that whoever continues the run takes out of use, and of what it has changed in the state. */
export function takenOutOfUse(
  { discarded, takenBack, notTakenBack }: Pick<RerunReport, 'discarded' | 'takenBack' | 'notTakenBack'>,
  titles: Titles,
): string[] {
  return [
    ...discarded.map(path => `  Takes out of use: all work of ${titles.node(path)}`),
    ...takenBack.map(({ key, by }) => `  Takes back from state ${quotedKey(key)}: ${number(by)}`),
    ...(notTakenBack.length > 0
      ? [
          `  Cannot take back earlier changes of state ${notTakenBack.map(quotedKey).join(', ')}: repeated steps change it again`,
        ]
      : []),
  ];
}

/** `10 films of Clean the films (1941, 1408, …)`. */
function movedText({ path, items, names }: MovedItems, titles: Titles): string {
  const { title, unit } = titles.batch(path);
  const shown = names.slice(0, MOST_NAMES).map(name => oneLine(name, LONGEST_NAME));
  return `${counted(items, unit)} of ${title} (${[...shown, ...(items > shown.length ? ['…'] : [])].join(', ')})`;
}

/** As it fits into a line of a terminal. */
export function shownEffects(effects: PlannedEffects): PlannedEffects {
  const [one, many] = effects.unit;
  return { ...effects, unit: [oneLine(one, LONGEST_UNIT), oneLine(many, LONGEST_UNIT)] };
}

export function quotedKey(key: string): string {
  return JSON.stringify(oneLine(key, LONGEST_KEY));
}
