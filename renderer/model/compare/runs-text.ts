import { BATCH, counted, duration, number } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import type { ComparedBatch } from '../../../host/api/api.ts';
import { inline } from '../markdown.ts';
import type { Scanned } from './run-scan.ts';

/** What differs between two runs, in a sentence or two. */
export function runsSentence(run: number, other: number, { counts, looked, total, isDone }: Scanned): string {
  if (total === undefined) return `Comparing run ${number(run)} with run ${number(other)}…`;
  const far = isDone ? '' : ` so far, in ${number(looked)} of ${counted(total, BATCH)}`;
  const parts = [
    counts.state > 0 && `${counted(counts.state, BATCH)} ended otherwise`,
    counts.output > 0 && `${number(counts.output)} gave another output`,
    counts.slower > 0 && `${number(counts.slower)} took at least twice as long`,
    counts.faster > 0 && `${number(counts.faster)} took at most half as long`,
  ].filter(part => part !== false);
  const of = `Run ${number(run)} against run ${number(other)}`;
  const first =
    parts.length > 0
      ? `${of}: ${joined(parts)}${far}.`
      : `${of}: no difference in ${isDone ? `the states and outputs of ${counted(total, BATCH)}` : `${number(looked)} of ${counted(total, BATCH)} so far`}.`;
  if (counts.items === 0) return first;
  return `${first} ${counted(counts.items, BATCH)} ${counts.items === 1 ? 'has' : 'have'} other items in each run: batches are compared by their number, and there the number stands for other work.`;
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

export function stateText(side: ComparedBatch['here']): string {
  return side ? (side.status === 'succeeded' ? 'done' : statusWord(side.status)) : 'not there';
}

export function timeText(side: ComparedBatch['here']): string {
  return side?.ms === undefined ? '' : duration(side.ms);
}

const WORDS = { state: 'state', output: 'output', items: 'items', slower: 'slower', faster: 'faster' } as const;

/** `state, output` */
export function differsText({ differs }: ComparedBatch): string {
  return differs.map(difference => WORDS[difference]).join(', ');
}

const MOST_ROWS = 50;

/** The comparison as text for an issue or a chat. */
export function runsMarkdown(
  sentence: string,
  runs: readonly [number, number],
  batches: readonly ComparedBatch[],
): string {
  const rows = batches
    .slice(0, MOST_ROWS)
    .map(batch =>
      [
        String(batch.index),
        differsText(batch),
        ...[batch.here, batch.there].map(side =>
          [stateText(side), timeText(side), side?.message].filter(Boolean).join(', '),
        ),
      ]
        .map(inline)
        .join(' | '),
    );
  const table = [
    `| Batch | Differs in | Run ${runs[0]} | Run ${runs[1]} |`,
    '| - | - | - | - |',
    ...rows.map(row => `| ${row} |`),
  ];
  const more = batches.length > MOST_ROWS ? [`And ${number(batches.length - MOST_ROWS)} more.`] : [];
  return `${[`**${inline(sentence)}**`, ...(rows.length > 0 ? [table.join('\n')] : []), ...more].join('\n\n')}\n`;
}
