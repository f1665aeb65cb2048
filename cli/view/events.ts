import type { RunCounts } from '../../common/run-summary.ts';
import type { LogEntry } from '../../engine/runner/protocol.ts';
import { printEvent } from './json.ts';
import { noticeTexts, type LiveView, type ShownRun } from './live.ts';

const PROGRESS_EVERY_MS = 500;

/** For `--json`: an event a line on standard output. */
export class EventsView implements LiveView {
  readonly #now: () => number;
  #last = '';
  #lastAt = -Infinity;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  started({ run, graph, demo, report, existing }: ShownRun): void {
    printEvent({
      event: 'started',
      run: String(run),
      workflow: graph.id,
      ...(existing && { existing: true }),
      ...(demo && { demo }),
      ...(graph.notices && { notices: graph.notices }),
      ...(report && { rerun: report }),
    });
    for (const text of noticeTexts(graph)) this.note(text);
  }

  /** An event when something has changed, at most twice a second; the last figures are in the summary. */
  progress(counts: RunCounts): void {
    const at = this.#now();
    if (at - this.#lastAt < PROGRESS_EVERY_MS) return;
    const figures = JSON.stringify(counts);
    if (figures === this.#last) return;
    this.#last = figures;
    this.#lastAt = at;
    printEvent({ event: 'progress', ...counts });
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    for (const { part, ...line } of lines)
      printEvent({ event: 'log', ...line, ...(part !== undefined && { part: String(part) }) });
    if (dropped > 0) printEvent({ event: 'logs-left-out', lines: dropped });
  }

  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  stopping(): void {
    // The summary says so.
  }

  end(): void {}
}
