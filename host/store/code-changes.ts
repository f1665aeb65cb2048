import { lineDiff, type Hunk } from '../../common/line-diff.ts';
import { allNodes } from '../../common/graph-nodes.ts';
import type { Graph } from '../../common/graph.ts';
import { stepAtLine } from '../../common/step-at-line.ts';
import type { CodeChange } from '../api/api.ts';

/** The author's files as a session executed them. */
export type CodeFiles = readonly { readonly path: string; readonly text: string }[];

const MOST_LINES = 40;
const LONGEST_LINE = 300;
const MOST_CHANGES = 200;

/**
 * What has changed in the code between two sessions, each change with the step it stands in.
 * @param latest The files to which the places of the graph belong
 */
export function codeChanges(
  before: CodeFiles,
  after: CodeFiles,
  { graph, latest }: { readonly graph: Graph; readonly latest: CodeFiles },
): CodeChange[] {
  const changes: CodeChange[] = [];
  const texts = textsOf(before);
  const [now, drawn] = [textsOf(after), textsOf(latest)];
  for (const file of new Set([...now.keys(), ...texts.keys()])) {
    const [was, is, drawnText] = [texts.get(file), now.get(file), drawn.get(file)];
    if (was === is) continue;
    const lines = (is ?? '').split(/\r?\n/);
    const later = drawnText === undefined || is === undefined ? undefined : lineDiff(is, drawnText);
    const steps = allNodes(graph.nodes).filter(({ at }) => at?.file === file);
    for (const hunk of lineDiff(was ?? '', is ?? '')) {
      if (changes.length === MOST_CHANGES) return changes;
      const line = later && lineIn(later, hunk.line);
      const step = line === undefined ? undefined : stepAtLine(steps, (drawnText ?? '').split(/\r?\n/), line);
      changes.push({
        file,
        line: hunk.line,
        removed: shortened(hunk.removed),
        added: shortened(hunk.added),
        lines: Math.max(hunk.removed.length, hunk.added.length),
        ...(hunk.line > 1 && { before: (lines[hunk.line - 2] ?? '').slice(0, LONGEST_LINE) }),
        ...(step !== undefined && { step }),
      });
    }
  }
  return changes;
}

function textsOf(files: CodeFiles): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]));
}

/** The line of a later text that has the place of a line of the earlier one. */
function lineIn(hunks: readonly Hunk[], line: number): number {
  let by = 0;
  for (const { line: at, removed, added } of hunks) {
    // Where the hunk stands in the earlier text.
    const from = at - by;
    if (line < from) break;
    if (line < from + removed.length) return at + Math.min(line - from, Math.max(0, added.length - 1));
    by += added.length - removed.length;
  }
  return line + by;
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST_LINES).map(line => line.slice(0, LONGEST_LINE));
  return lines.length > MOST_LINES ? [...shown, '…'] : shown;
}
