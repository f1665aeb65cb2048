import type { RunCounts } from '../../common/run-summary.ts';
import type { LogEntry } from '../../engine/runner/protocol.ts';
import type { Graph } from '../../common/graph.ts';
import { Titles } from './titles.ts';
import { paint } from './paint.ts';
import { counted, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';

/** What a command shows while a run goes on. */
export interface LiveView {
  started(graph: Graph, run: number): void;
  progress(counts: RunCounts): void;
  logs(lines: readonly LogEntry[], dropped: number): void;
  note(text: string): void;
  /** Takes away what is only for the meantime. */
  end(): void;
}

const stderr = process.stderr;

/** For pipes and CI logs: a line now and then. */
export class PlainView implements LiveView {
  #titles: Titles | undefined;
  #lastAt = performance.now();

  started(graph: Graph, run: number): void {
    this.#titles = new Titles(graph);
    this.note(`${oneLine(graph.name)}: run ${run}`);
  }

  progress(counts: RunCounts): void {
    if (!this.#titles || performance.now() - this.#lastAt < 5_000) return;
    this.#lastAt = performance.now();
    for (const node of counts.nodes) {
      const { title, unit, depth } = this.#titles.batch(node.path);
      if (depth > 0) continue;
      const done = node.items.succeeded + node.items.failed;
      this.note(
        `${title}: ${number(done)} of ${number(node.items.total)}${node.complete ? '' : ' or more'} ${unit[1]}${node.items.failed > 0 ? `, ${number(node.items.failed)} failed` : ''}`,
      );
    }
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    for (const line of formatLogs(lines, dropped, this.#titles)) this.note(line);
  }

  note(text: string): void {
    stderr.write(`${text}\n`);
  }

  end(): void {}
}

/** `Tidy titles #3: 100 films`: who says it, of which batch, and what. */
export function formatLogs(lines: readonly LogEntry[], dropped: number, titles: Titles | undefined): string[] {
  const shown = lines.map(line => formatLog(line, titles));
  return dropped > 0
    ? [
        ...shown,
        paint(
          'dim',
          `  … ${counted(dropped, ['more line', 'more lines'])}, kept in the store: the Studio shows them`,
          stderr,
        ),
      ]
    : shown;
}

function formatLog({ level, text, step, batch }: LogEntry, titles: Titles | undefined): string {
  const where =
    step === undefined ? '' : `${titles?.node(step) ?? oneLine(step, 60)}${batch === undefined ? '' : ` #${batch}`}: `;
  const said = oneLine(text, 1_000);
  return `  ${paint('dim', where, stderr)}${level === 'error' ? paint('red', said, stderr) : level === 'warn' ? paint('yellow', said, stderr) : said}`;
}
