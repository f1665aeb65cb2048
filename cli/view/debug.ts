import { counted } from '../../common/format.ts';
import { idOf } from '../../common/node-paths.ts';
import { oneLine } from '../../common/safe-text.ts';
import { chromeAddress } from '../../common/debugger-address.ts';
import { WAITS_MINUTES } from '../../engine/runner/probe/debug/debug-batch.ts';
import type { FailedBatchToSearch } from '../../engine/store/searches.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

interface Waiting {
  readonly address: string;
  /** The path of the step at which it stops; undefined: the body of the batch. */
  readonly step: string | undefined;
  readonly batch: FailedBatchToSearch;
  readonly items: readonly number[];
  readonly titles: Titles;
  readonly isListed: boolean;
  readonly isWhole: boolean;
}

export function debuggerText({ address, step, batch, items, titles, isListed, isWhole }: Waiting): string {
  const { title, unit } = titles.batch(batch.node);
  const where = step === undefined ? 'the body of the batch' : `the step ${oneLine(idOf(step), 80)}`;
  const before = isWhole
    ? 'The results of the steps before it are those of the run'
    : 'The steps before it are executed';
  const { host } = new URL(address);
  const ways = [
    ['VS Code', `"type": "node", "request": "attach", "websocketAddress": "${address}"`],
    ['Chrome', chromeAddress(address)],
    ...(isListed
      ? [['Terminal', `node inspect ${host}`] as const, ['chrome://inspect', `Configure… ${host}`] as const]
      : []),
  ] as const;
  return [
    `  Batch #${batch.index} of ${title}, ${counted(items.length, unit)}: stops where ${where} begins. ${before}.`,
    `  ${paint('bold', address)}`,
    ...ways.map(([name, how]) => `    ${name.padEnd(isListed ? 16 : 7)}  ${how}`),
    paint('dim', `  It waits ${WAITS_MINUTES} minutes for a debugger. Press Ctrl-C to end it.`),
  ].join('\n');
}

export function attachedText(): string {
  return '  Attached. It ends with Ctrl-C, or when the batch has been executed.';
}

export function notAttachedText(): string {
  return `No debugger was attached within ${WAITS_MINUTES} minutes, so the process has been ended.`;
}
