import { clock, counted, ITEM, number } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import type { CodeChange, ComparedAttempt } from '../../../host/api/api.ts';
import { label } from '../shown-text.ts';
import { kindToTell, type ValueChange } from '../items/value-changes.ts';
import type { Comparison, StepCell } from './comparison.ts';

/* The words of a comparison, on the page and in its Markdown. */

/** Who made other items of it, and when, as far as that is on record. */
export function originText({ input, at, who, reason }: ComparedAttempt): string {
  const how = HOW[input];
  const parts = [how, ...(who === undefined ? [] : [label(who, 100)]), ...(at === undefined ? [] : [clock(at)])];
  return `${parts.join(' · ')}${reason === undefined ? '' : `: ${label(reason, 200)}`}`;
}

const HOW = {
  first: 'the first',
  same: 'the same items',
  edited: 'edited by hand',
  'set-aside': 'set aside',
  'taken-back': 'taken back in',
  other: 'other items came from before it',
} as const;

export function stepText({ word, from, tries }: StepCell): string {
  if (word === 'reused') return `reused, result of attempt ${number(from ?? 1)}`;
  const said = word === 'succeeded' ? 'done' : word === 'not reached' ? word : statusWord(word);
  return tries > 1 ? `${said} after ${number(tries)} step attempts` : said;
}

export function sideText(change: ValueChange, side: 'before' | 'after'): string {
  const own = change[side];
  const other = change[side === 'before' ? 'after' : 'before'];
  if (!own) return 'none';
  const kind = kindToTell(own, other);
  return kind === undefined ? label(own.text) : `${label(own.text)} ${kind}`;
}

/** `+3,747` */
export function byText(by: number): string {
  return `${by > 0 ? '+' : '−'}${number(Math.abs(by))}`;
}

/** `88 −   sum + order.cents`: the line before, and what was taken away and added. */
export function codeLines({
  line,
  before,
  removed,
  added,
}: CodeChange): { sign: ' ' | '−' | '+'; line: number; text: string }[] {
  return [
    ...(before === undefined ? [] : [{ sign: ' ' as const, line: line - 1, text: before }]),
    ...removed.map((text, at) => ({ sign: '−' as const, line: line + at, text })),
    ...added.map((text, at) => ({ sign: '+' as const, line: line + at, text })),
  ];
}

/** `39 items, 2 steps, 11 log lines`; undefined where all attempts agree in nothing. */
export function hiddenText({ items, steps, outputs, logLines }: Comparison['hidden']): string | undefined {
  const parts = [
    items > 0 && counted(items, ITEM),
    steps > 0 && counted(steps, ['step', 'steps']),
    outputs > 0 && counted(outputs, ['output', 'outputs']),
    logLines > 0 && counted(logLines, ['log line', 'log lines']),
  ].filter(part => part !== false);
  return parts.length === 0 ? undefined : parts.join(', ');
}
