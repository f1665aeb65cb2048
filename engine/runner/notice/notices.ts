import { clip } from '../../../common/safe-text.ts';
import type { FinishedRun } from '../../store/finished-run.ts';
import { executeCommand } from './command.ts';
import { parseTarget, type NoticeTarget } from './target.ts';
import { postWebhook } from './webhook.ts';

/* Who is told when a run has come to an end, by its person's own command or by an address. What fails there changes nothing of the run. */

/** As a person wrote them: see `parseTarget`. */
export interface Notices {
  /** When a run failed, or its process was lost. */
  readonly onFailure?: string | undefined;
  /** Whenever a run has come to an end by itself or was cancelled. */
  readonly onFinish?: string | undefined;
}

export interface NoticeOptions {
  readonly store: string;
  /** Where commands are executed. */
  readonly folder: string;
  /** @default 30 seconds for a command, 10 for a webhook */
  readonly withinMs?: number | undefined;
  readonly onOutput?: ((text: string) => void) | undefined;
}

const COMMAND_WITHIN_MS = 30_000;
const WEBHOOK_WITHIN_MS = 10_000;

/** Whether this end is one that somebody is told of: a run that was paused or interrupted on purpose has not come to one. */
export function isTold(
  { onFailure, onFinish }: Notices,
  { status }: Pick<FinishedRun, 'status'>,
  isLost: boolean,
): boolean {
  return (onFailure !== undefined && isFailure(status, isLost)) || (onFinish !== undefined && isEnd(status, isLost));
}

/** Tells all whom this end concerns. @returns what could not be told, in a sentence each */
export async function tellNotices(
  notices: Notices,
  finished: FinishedRun,
  isLost: boolean,
  options: NoticeOptions,
): Promise<readonly string[]> {
  const { status } = finished;
  const targets = [
    ...(isFailure(status, isLost) ? [notices.onFailure] : []),
    ...(isEnd(status, isLost) ? [notices.onFinish] : []),
  ].filter(target => target !== undefined);
  const told = targets.map(async target => {
    const why = await tell(parseTarget(target), finished, options);
    return why === undefined
      ? []
      : [`${clip(target, 200)} was to be told of the end of run ${finished.run}, and failed: ${why}.`];
  });
  return (await Promise.all(told)).flat();
}

async function tell(
  target: NoticeTarget,
  finished: FinishedRun,
  { store, folder, withinMs, onOutput = () => undefined }: NoticeOptions,
): Promise<string | undefined> {
  if (target.kind === 'webhook') return await postWebhook(target.url, finished, withinMs ?? WEBHOOK_WITHIN_MS);
  return await executeCommand(target.argv, finished, {
    store,
    folder,
    withinMs: withinMs ?? COMMAND_WITHIN_MS,
    onOutput,
  });
}

function isFailure(status: FinishedRun['status'], isLost: boolean): boolean {
  return status === 'failed' || (status === 'interrupted' && isLost);
}

function isEnd(status: FinishedRun['status'], isLost: boolean): boolean {
  return status === 'completed' || status === 'cancelled' || isFailure(status, isLost);
}
