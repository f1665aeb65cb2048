import type { RunCounts } from '../run/summary.ts';
import type { LogEntry } from '../runner/protocol.ts';
import type { Graph } from '../workflow/graph.ts';
import { batchTitles, titleOf, type NodeTitle } from './titles.ts';
import { number, oneLine, paint } from './words.ts';

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
  #titles = new Map<string, NodeTitle>();
  #lastAt = performance.now();

  started(graph: Graph, run: number): void {
    this.#titles = batchTitles(graph);
    this.note(`${oneLine(graph.name)}: run ${run}`);
  }

  progress(counts: RunCounts): void {
    if (performance.now() - this.#lastAt < 5_000) return;
    this.#lastAt = performance.now();
    for (const node of counts.nodes) {
      const { title, unit, depth } = titleOf(this.#titles, node.path);
      if (depth > 0) continue;
      const done = node.items.succeeded + node.items.failed;
      this.note(`${title}: ${number(done)} of ${number(node.items.total)}${node.complete ? '' : ' or more'} ${unit[1]}${node.batches.failed > 0 ? `, ${number(node.batches.failed)} batches failed` : ''}`);
    }
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    for (const line of lines) this.note(formatLog(line));
    if (dropped > 0) this.note(`  … ${number(dropped)} more lines are in the store`);
  }

  note(text: string): void {
    stderr.write(`${text}\n`);
  }

  end(): void {}
}

export function formatLog({ level, text, step, batch }: LogEntry): string {
  const where = step === undefined ? '' : `${oneLine(step, 60)}${batch === undefined ? '' : ` #${batch}`} `;
  const said = oneLine(text, 1_000);
  return `  ${paint('dim', where, stderr)}${level === 'error' ? paint('red', said, stderr) : level === 'warn' ? paint('yellow', said, stderr) : said}`;
}
