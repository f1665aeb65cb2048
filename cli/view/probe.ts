import { counted, locationText } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import type { Answer } from '../../engine/run/probe/answer.ts';
import type { FailedBatchToSearch } from '../../engine/store/searches.ts';
import { MOST_SHRINKING_PROBES, type SmallestItem } from '../../engine/runner/probe/shrink-item.ts';
import { errorOf } from '../../engine/store/json-line.ts';
import type { CliEvent } from './json.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** `passed`, `failed`, `timed out`, or `needs effect`: how a probe has ended. */
function outcomeOf(answer: Answer): 'passed' | 'needs effect' | 'timed out' | 'failed' {
  if (answer.passed) return answer.needsEffect === undefined ? 'passed' : 'needs effect';
  return answer.isExhausted === true ? 'timed out' : 'failed';
}

/** The line of `cronflow probe --json`. */
export function probedEvent(
  { node, index }: FailedBatchToSearch,
  items: readonly number[],
  answer: Answer,
  smallest?: SmallestItem,
): CliEvent {
  return {
    event: 'probed',
    node,
    batch: index,
    items,
    outcome: outcomeOf(answer),
    ...(answer.passed
      ? answer.needsEffect !== undefined && { effect: answer.needsEffect }
      : {
          cause: answer.error.fingerprint,
          error: errorOf(answer.error),
          ...(answer.values && { values: answer.values }),
          ...(smallest && {
            smallest: { text: smallest.text, probes: smallest.probes, isSmallest: smallest.isSmallest },
          }),
        }),
  };
}

export function probedText(
  { node, index }: FailedBatchToSearch,
  items: readonly number[],
  answer: Answer,
  titles: Titles,
  smallest?: SmallestItem,
): string {
  const { title, unit } = titles.batch(node);
  const what = `${counted(items.length, unit)} of batch #${index} of ${title}`;
  if (!answer.passed) {
    const values = (answer.values ?? []).map(({ name, text }) => `      ${oneLine(`${name} = ${text}`, 240)}`);
    const at = answer.error.at && values.length > 0 ? [paint('dim', `    ${locationText(answer.error.at)}`)] : [];
    return [
      `  ✕ ${what}: ${oneLine(answer.error.explain ?? answer.error.message)}`,
      ...at,
      ...values,
      ...smallestText(smallest),
    ].join('\n');
  }
  return answer.needsEffect === undefined
    ? `  ✓ ${what}: passed`
    : `  – ${what}: passed up to the effect ${JSON.stringify(oneLine(answer.needsEffect, 80))}, which a probe does not execute`;
}

function smallestText(smallest: SmallestItem | undefined): string[] {
  if (!smallest) return [];
  const { text, probes, isSmallest } = smallest;
  const how = isSmallest
    ? `(${counted(probes, ['probe', 'probes'])})`
    : `(after ${MOST_SHRINKING_PROBES} probes: it may not be the smallest)`;
  return [`    fails with only ${oneLine(text, 500)} ${paint('dim', how)}`];
}
