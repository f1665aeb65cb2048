import { number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { CheckEnd, CheckOutcome, ItemToCheck } from '../../engine/runner/probe/check-items.ts';
import type { BatchFinding } from '../../engine/store/findings.ts';
import { commandName, storeOption } from '../caller-paths.ts';
import { askToAllow } from './find.ts';
import { errorOf } from '../../engine/store/json-line.ts';
import { printEvent } from './json.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

interface CheckedViewOf {
  readonly titles: Titles;
  readonly json: boolean;
  readonly store: string;
  readonly run: number;
  readonly findings: readonly BatchFinding[];
}

/** What `cronflow find --watch` shows: with each save, what becomes of the items at fault. */
export class CheckedView {
  readonly #of: CheckedViewOf;
  #passing = 0;

  constructor(of: CheckedViewOf) {
    this.#of = of;
  }

  watching(): void {
    const { json, findings } = this.#of;
    if (json) printEvent({ event: 'watching', items: findings.length });
    else process.stdout.write(paint('dim', '  Save the file: each item is tried again. Press Ctrl-C to end.\n'));
  }

  checked({ scope, item }: ItemToCheck, outcome: CheckOutcome): void {
    const finding = this.#of.findings.find(other => other.scope === scope && other.item === item);
    if (!finding) return;
    if (outcome.kind === 'passes') this.#passing += 1;
    const { node, batch, position, label } = finding;
    if (this.#of.json) {
      const error = outcome.kind === 'fails' && { cause: outcome.error.fingerprint, error: errorOf(outcome.error) };
      printEvent({
        event: 'checked',
        node,
        batch,
        item,
        position,
        label: label ?? null,
        outcome: OUTCOME[outcome.kind],
        ...error,
      });
      return;
    }
    const name = label === undefined ? `${this.#of.titles.batch(node).unit[0]} ${number(item)}` : oneLine(label, 80);
    process.stdout.write(`    ${MARK[outcome.kind]} ${paint('bold', name)} ${wordsOf(outcome)}\n`);
  }

  ended(end: CheckEnd): void {
    const { json, store, run, findings } = this.#of;
    const passing = this.#passing;
    this.#passing = 0;
    if (end.kind === 'not-allowed') askToAllow('find', run, store);
    if (end.kind === 'refused') {
      if (json) printEvent({ event: 'refused', error: { name: end.problem.name, message: end.problem.message } });
      else process.stdout.write(`  ✕ ${oneLine(end.problem.message, 400)}\n`);
    }
    if (end.kind !== 'checked') return;
    if (json) return printEvent({ event: 'passing', items: passing, of: findings.length });
    const next = passing === findings.length ? ` Next: ${commandName()} rerun ${run}${storeOption(store)}` : '';
    process.stdout.write(`  ${number(passing)} of ${number(findings.length)} pass now.${next}\n`);
  }
}

const MARK = { passes: '✓', fails: '✕', 'needs-effect': '–' } as const;
const OUTCOME = { passes: 'passed', fails: 'failed', 'needs-effect': 'needs effect' } as const;

function wordsOf(outcome: CheckOutcome): string {
  if (outcome.kind === 'passes') return 'passes now';
  if (outcome.kind === 'needs-effect') return 'passes up to an effect, which is not executed here';
  return oneLine(outcome.error.explain ?? outcome.error.message, 160);
}
