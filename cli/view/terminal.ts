import { createLogUpdate } from 'log-update';
import type { Counts, NodeProgress } from '../../common/counts.ts';
import type { RunCounts } from '../../common/run-summary.ts';
import type { LogEntry } from '../../engine/runner/protocol.ts';
import { beginningTexts, numberedRun, formatLogs, type LiveView, type ShownRun } from './live.ts';
import { RateMeter } from '../../common/rate-meter.ts';
import { Titles } from './titles.ts';
import { paint } from './paint.ts';
import { duration, number, rateText } from '../../common/format.ts';
import { outermost } from '../../common/node-paths.ts';
import { oneLine } from '../../common/safe-text.ts';

const BAR = 24;
const stderr = process.stderr;

/** Bars that are redrawn where they are, with the log above them. */
export class TerminalView implements LiveView {
  readonly #update = createLogUpdate(stderr);
  readonly #meters = new Map<string, RateMeter>();
  #titles: Titles | undefined;
  #bars = '';

  started(shown: ShownRun): void {
    this.#titles = new Titles(shown.graph);
    this.note(`${paint('bold', oneLine(shown.graph.name), stderr)} ${paint('dim', numberedRun(shown), stderr)}`);
    for (const text of beginningTexts(shown)) this.note(text);
  }

  progress(counts: RunCounts): void {
    const titles = this.#titles;
    if (!titles) return;
    const shown = outermost(counts.nodes);
    this.#bars = shown.map(node => this.#line(node, titles)).join('\n');
    this.#update(this.#bars);
  }

  logs(lines: readonly LogEntry[], dropped: number): void {
    const texts = formatLogs(lines, dropped, this.#titles);
    if (texts.length > 0) this.note(texts.join('\n'));
  }

  note(text: string): void {
    this.#update.clear();
    stderr.write(`${text}\n`);
    if (this.#bars !== '') this.#update(this.#bars);
  }

  stopping(text: string): void {
    this.note(text);
  }

  end(): void {
    this.#update.clear();
    this.#update.done();
  }

  #line(node: NodeProgress, titles: Titles): string {
    const { title, unit } = titles.batch(node.path);
    const meter = this.#meters.get(node.path) ?? new RateMeter();
    this.#meters.set(node.path, meter);
    const done = node.items.succeeded + node.items.failed;
    const rate = meter.rate(done, performance.now());
    const parts = [`${number(done)}${node.complete ? ` / ${number(node.items.total)}` : ''} ${unit[1]}`];
    if (node.items.failed > 0) parts.push(paint('red', `${number(node.items.failed)} failed`, stderr));
    if (rate > 0) parts.push(`${rateText(rate)}/s`);
    const left = node.items.total - done;
    if (rate > 0 && left > 0 && node.complete) parts.push(`about ${duration((left / rate) * 1000)} left`);
    return `${oneLine(title, 32).padEnd(20)} ${bar(node.items)} ${parts.join(' · ')}`;
  }
}

/** A bar whose parts are in proportion; one failure among thousands still shows. */
function bar(
  { total, succeeded, failed, setAside, running, cancelled }: Counts,
  stream: NodeJS.WriteStream = stderr,
): string {
  const cells = (part: number) => (total === 0 || part === 0 ? 0 : Math.max(1, Math.round((part / total) * BAR)));
  const bad = Math.min(BAR, cells(failed));
  const off = Math.min(BAR - bad, cells(cancelled + setAside));
  const good = Math.min(BAR - bad - off, Math.floor(total === 0 ? 0 : (succeeded / total) * BAR));
  const busy = Math.min(BAR - bad - off - good, cells(running));
  const rest = BAR - bad - off - good - busy;
  return (
    paint('green', '█'.repeat(good), stream) +
    paint('red', '█'.repeat(bad), stream) +
    paint('magenta', '█'.repeat(off), stream) +
    paint('cyan', '▒'.repeat(busy), stream) +
    paint('dim', '░'.repeat(rest), stream)
  );
}
