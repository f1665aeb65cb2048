import type { Graph } from '../../common/graph.ts';
import type { RunCounts } from '../../common/run-summary.ts';
import { outermost } from '../../common/node-paths.ts';
import { clip, oneLine, safe } from '../../common/safe-text.ts';
import { counted, number } from '../../common/format.ts';
import type { LogEntry } from '../../engine/runner/protocol.ts';
import type { Started } from '../../engine/runner/supervisor.ts';
import { toCaller } from '../caller-paths.ts';
import { paint } from './paint.ts';
import { rerunText } from './rerun.ts';
import { Titles } from './titles.ts';

/** What a view is told of a run when it begins to show it. */
export interface ShownRun extends Pick<Started, 'run' | 'graph' | 'report'> {
  readonly demo?: boolean | undefined;
  /** It was to be started once, and there is one with its key: that goes on here, or is only looked at. */
  readonly existing?: 'resumed' | 'shown' | undefined;
}

/** What a command shows while a run is running. */
export interface LiveView {
  started(run: ShownRun): void;
  progress(counts: RunCounts): void;
  logs(lines: readonly LogEntry[], dropped: number): void;
  /** What the author's code writes past `console`. */
  note(text: string): void;
  /** The run has been asked to stop. */
  stopping(text: string): void;
  /** Takes away what is only for the meantime. */
  end(): void;
}

const PROGRESS_EVERY_MS = 5_000;
const stderr = process.stderr;

/** What of the file has no effect, or another one, each with its place. */
export function noticeTexts({ notices = [] }: Pick<Graph, 'notices'>): string[] {
  return notices.map(({ text, at }) => {
    const where = at ? `${oneLine(toCaller(at.file))}:${at.line}: ` : '';
    return paint('yellow', `${where}${oneLine(text, 1_000)}`, stderr);
  });
}

/** What is to be said of a run at its beginning, but for its name. */
export function beginningTexts({ run, graph, report, existing }: ShownRun): string[] {
  return [
    ...(existing
      ? [`Run ${run} has this key already: ${existing === 'resumed' ? 'it is resumed' : 'no other is started'}.`]
      : []),
    ...noticeTexts(graph),
    ...(report ? [rerunText(report, graph)] : []),
  ];
}

/** `run 4`, and of a demo that it is one. */
export function numberedRun({ run, demo }: Pick<ShownRun, 'run' | 'demo'>): string {
  return `${demo ? 'demo run' : 'run'} ${run}`;
}

/** For pipes and CI logs: a line now and then. */
export class PlainView implements LiveView {
  #titles: Titles | undefined;
  #lastAt = performance.now();

  started(shown: ShownRun): void {
    this.#titles = new Titles(shown.graph);
    this.note(`${oneLine(shown.graph.name)}: ${numberedRun(shown)}`);
    for (const text of beginningTexts(shown)) this.note(text);
  }

  progress(counts: RunCounts): void {
    if (!this.#titles || performance.now() - this.#lastAt < PROGRESS_EVERY_MS) return;
    this.#lastAt = performance.now();
    for (const node of outermost(counts.nodes)) {
      const { title, unit } = this.#titles.batch(node.path);
      const done = node.items.succeeded + node.items.failed;
      const failed = node.items.failed > 0 ? `, ${number(node.items.failed)} failed` : '';
      this.note(
        `${title}: ${number(done)} of ${number(node.items.total)}${node.complete ? '' : ' or more'} ${unit[1]}${failed}`,
      );
    }
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    for (const line of formatLogs(lines, dropped, this.#titles)) this.note(line);
  }

  note(text: string): void {
    stderr.write(`${text}\n`);
  }

  stopping(text: string): void {
    this.note(text);
  }

  end(): void {}
}

/** Of one line of a log, and of each line in it. */
const LONGEST_LINE = 1_000;
const MOST_FURTHER_LINES = 100;

/** `Tidy titles #3: 100 films`: which step says it, of which batch, and what. */
export function formatLogs(lines: readonly LogEntry[], dropped: number, titles: Titles | undefined): string[] {
  const shown = lines.flatMap(line => formatLog(line, titles));
  if (dropped === 0) return shown;
  const more = `  … ${counted(dropped, ['more line', 'more lines'])}, stored with the run: see them in the Studio`;
  return [...shown, paint('dim', more, stderr)];
}

/** What a step wrote over several lines, such as a table, stays so; further lines are indented, so that none can pass for one of ours. */
function formatLog({ level, text, step, batch, part }: LogEntry, titles: Titles | undefined): string[] {
  const of = part === undefined ? '' : `run ${part} · `;
  // The titles are those of the run itself.
  const title = step === undefined ? '' : ((part === undefined ? titles?.node(step) : undefined) ?? oneLine(step, 60));
  const where = step === undefined ? of : `${of}${title}${batch === undefined ? '' : ` #${batch}`}: `;
  const colour = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : undefined;
  const painted = (said: string) => (colour === undefined ? said : paint(colour, said, stderr));
  const [first = '', ...others] = text.trimEnd().split('\n');
  const further = others.slice(0, MOST_FURTHER_LINES).map(line => `      ${painted(clip(safe(line), LONGEST_LINE))}`);
  const left = others.length - further.length;
  if (left > 0) further.push(paint('dim', `      … ${counted(left, ['more line', 'more lines'])}`, stderr));
  return [`  ${paint('dim', where, stderr)}${painted(clip(safe(first), LONGEST_LINE))}`, ...further];
}
