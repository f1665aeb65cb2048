import { EFFECT, effectErrorText, type EffectCounts, type EffectStatus } from '../../common/effects.ts';
import { counted } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { decode } from '../../engine/store/codec.ts';
import type { EffectLine } from '../../engine/store/effect-queries.ts';
import { commandName, storeOption } from '../caller-paths.ts';
import { jsonLine } from '../../engine/store/json-line.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

const GLYPHS: Readonly<Record<EffectStatus, string>> = { done: '✓', failed: '✕', unknown: '?', begun: '▶' };
const COLOURS = { done: 'green', failed: 'red', unknown: 'yellow', begun: 'cyan' } as const;
const LONGEST_KEY = 100;
const LONGEST_VALUE = 160;

/** `  ? unknown  "mail 17" · Send the mail #3 in Letters #0`. */
export function effectLine(
  { key, status, path, batches, receipt, error, settled }: EffectLine,
  titles: Titles,
): string {
  const where = [
    titles.node(path),
    ...batches.toReversed().map(({ node, index }) => `${oneLine(titles.node(node), 40)} #${index}`),
  ].join(' in ');
  const parts = [JSON.stringify(oneLine(key, LONGEST_KEY)), where];
  if (status === 'done')
    parts.push(
      receipt === null
        ? 'its receipt could not be stored'
        : `receipt ${oneLine(jsonLine(decode(receipt)), LONGEST_VALUE)}`,
    );
  if (error) parts.push(oneLine(effectErrorText(status, error.message), LONGEST_VALUE));
  if (settled === 'person') parts.push('settled by hand');
  if (settled === 'verify') parts.push('found by verify');
  return `  ${paint(COLOURS[status], `${GLYPHS[status]} ${statusText(status, settled)}`)} ${parts.join(' · ')}`;
}

function statusText(status: EffectStatus, settled: EffectLine['settled']): string {
  return status === 'failed' && settled === 'person' ? 'not done' : status.padEnd(8);
}

/** How many there are, and what to do about those that are unknown. */
export function effectsText(run: number, counts: EffectCounts | undefined, store: string): string {
  if (!counts) return `Run ${run} has no effects: none of its steps has called ctx.effect.`;
  const { done, failed, unknown } = counts;
  const lines = [`  ${counted(done + failed + unknown, EFFECT)}: ${done} done, ${failed} failed, ${unknown} unknown.`];
  if (unknown > 0) lines.push(...unknownText(run, unknown, store));
  return lines.join('\n');
}

/** What to do about effects of which nobody knows. */
export function unknownText(run: number, unknown: number, store: string): string[] {
  const command = `${commandName()} effects ${run}${storeOption(store)}`;
  return [
    `  ${paint('yellow', '?')} Whether ${counted(unknown, EFFECT)} ${unknown === 1 ? 'was' : 'were'} done is unknown: ` +
      `${unknown === 1 ? 'it was' : 'they were'} cut off. Look ${unknown === 1 ? 'it' : 'them'} up, and say so:`,
    `    ${paint('bold', `${command} --only unknown`)}`,
    `    ${paint('bold', `${command} --done <key>`)}    or    ${paint('bold', '--not-done <key>')}`,
  ];
}
