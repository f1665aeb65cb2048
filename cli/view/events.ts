import type { RunCounts } from '../../common/run-summary.ts';
import type { LogEntry } from '../../engine/runner/protocol.ts';
import type { Started } from '../../engine/runner/supervisor.ts';
import { printEvent } from './json.ts';
import { noticeTexts, type LiveView } from './live.ts';

/** For `--json`: an event a line on standard output. */
export class EventsView implements LiveView {
  started({ run, graph, report }: Started): void {
    printEvent({
      event: 'started',
      run: String(run),
      workflow: graph.id,
      ...(graph.notices && { notices: graph.notices }),
      ...(report && { rerun: report }),
    });
    for (const text of noticeTexts(graph)) this.note(text);
  }

  progress(counts: RunCounts): void {
    printEvent({ event: 'progress', ...counts });
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    for (const line of lines) printEvent({ event: 'log', ...line });
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
