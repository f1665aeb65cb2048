import { counted, number, rangesText } from '../../common/format.ts';
import { searchNote } from '../../common/search-note.ts';
import type { BatchSearchEnd } from '../../engine/runner/probe/search-batch.ts';
import type { SearchProgress } from '../../engine/runner/probe/search-run.ts';
import type { BatchFinding } from '../../engine/store/findings.ts';
import type { FailedBatchToSearch } from '../../engine/store/searches.ts';
import { commandName, storeOption } from '../caller-paths.ts';
import { EXIT_USAGE } from '../exit-codes.ts';
import { findingLine, findingEvent, limitEvent, limitLine } from './findings.ts';
import { printEvent, type CliEvent } from './json.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** What `cronflow find` shows: a line an item as its batch has been searched, and what it came to in all. */
export class FindView {
  readonly #titles: Titles;
  readonly #json: boolean;
  readonly #nodes = new Set<string>();
  /** Batches of which the same is to be said, which is said once. */
  readonly #notes = new Map<string, { readonly node: string; readonly note: string; readonly indices: number[] }>();
  #items = 0;
  #probes = 0;
  #complete = 0;
  /** Batches that were not searched because nobody allowed it, and of which nothing is known either. */
  #unknown = 0;
  #line = false;

  constructor(titles: Titles, json: boolean) {
    this.#titles = titles;
    this.#json = json;
  }

  progress({ batches, batchesDone, probes, items }: SearchProgress): void {
    if (this.#json || !process.stderr.isTTY) return;
    this.clear();
    this.#line = true;
    process.stderr.write(
      `  ${number(batchesDone)} of ${counted(batches, ['batch', 'batches'])} searched · ${number(items)} at fault · ` +
        `${counted(probes, ['probe', 'probes'])}. Press Ctrl-C to stop.`,
    );
  }

  clear(): void {
    if (this.#line) process.stderr.write('\r\u001b[K');
    this.#line = false;
  }

  batch(batch: FailedBatchToSearch, end: BatchSearchEnd, findings: readonly BatchFinding[]): void {
    this.clear();
    this.#nodes.add(batch.node);
    this.#items += findings.length;
    for (const finding of findings) this.#print(findingEvent(finding), findingLine(finding, this.#titles));
    if (end.kind === 'not-allowed' && findings.length === 0) this.#unknown += 1;
    if (end.kind !== 'searched') return;
    const { search } = end;
    this.#probes += search.probes;
    if (search.isComplete) this.#complete += 1;
    if (search.limit) this.#print(limitEvent(batch, search.limit), limitLine(batch, search.limit, this.#titles));
    const note = searchNote({ ...search, items: findings.length }, 'give it more --probes or --seconds.');
    if (note !== undefined) this.#note(batch, note);
  }

  /** Returns the exit code. */
  end({ batches, store, run }: { readonly batches: number; readonly store: string; readonly run: number }): number {
    const complete = this.#complete === batches;
    if (this.#json) printEvent({ event: 'found', items: this.#items, batches, probes: this.#probes, complete });
    else if (this.#unknown < batches) {
      const isAre = this.#items === 1 ? 'is' : 'are';
      const counts = `${counted(this.#items, this.#titles.unit([...this.#nodes]))} ${isAre} at fault in ${counted(batches, ['batch', 'batches'])}`;
      process.stdout.write(
        `${[`  ${paint('bold', counts)} ${paint('dim', `(${counted(this.#probes, ['probe', 'probes'])})`)}`, ...this.#noteLines()].join('\n')}\n`,
      );
    }
    if (this.#unknown === 0) return 0;
    askToAllow('find', run, store);
    return EXIT_USAGE;
  }

  #note({ node, index }: FailedBatchToSearch, note: string): void {
    const key = `${node}\n${note}`;
    const same = this.#notes.get(key);
    if (same) same.indices.push(index);
    else this.#notes.set(key, { node, note, indices: [index] });
  }

  #noteLines(): string[] {
    return [...this.#notes.values()].map(({ node, note, indices }) => {
      const { title, part } = this.#titles.batch(node);
      const of = indices.length === 1 ? `Batch #${indices[0]}` : `Each of ${counted(indices.length, part)}`;
      const which = indices.length === 1 ? '' : ` (#${rangesText(indices)})`;
      return `  ${of} of ${title}${which}: ${note}`;
    });
  }

  #print(event: CliEvent, line: string): void {
    if (this.#json) printEvent(event);
    else process.stdout.write(`${line}\n`);
  }
}

const WHY = {
  find: 'To find the items at fault',
  probe: 'To probe a batch',
  debug: 'To debug a batch',
} as const;

/** Nobody has allowed to execute steps that are not pure, and nobody could be asked. */
export function askToAllow(command: 'find' | 'probe' | 'debug', run: number, store: string): void {
  process.stderr.write(
    `${WHY[command]}, steps of this workflow have to be executed, and they are not \`pure: true\`. What they do outside ` +
      `is done. To allow it: ${commandName()} ${command} ${run} --yes${storeOption(store)}\n`,
  );
}
