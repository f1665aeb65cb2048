import type { QueueSettings } from '../engine/remote/queue-settings.ts';
import { afterAnswer } from '../engine/runner/after-answer.ts';
import { rootOf } from '../engine/store/subflow-store.ts';
import { followRun } from './follow-run.ts';
import { printEvent } from './view/json.ts';
import { withStore } from './with-store.ts';

export interface GoingOn {
  readonly run: number;
  readonly store: string;
  readonly json: boolean;
  /** Whose workers execute its batches, where this process has to go on with it. */
  readonly queue: QueueSettings | undefined;
}

/** Has a run that was given an answer go on with it, and returns the exit code. */
export async function goOn({ run, store, json, queue }: GoingOn): Promise<number> {
  const becomes = await withStore(store, 'read', async db => await afterAnswer(db, run));
  if (becomes === 'rests') {
    const root = await withStore(store, 'read', db => rootOf(db, run));
    return await followRun({ kind: 'resume', run: root, store, queue }, json);
  }
  if (json) printEvent({ event: 'stored', run: String(run), goesOn: becomes === 'goes on' });
  else
    process.stdout.write(
      becomes === 'goes on'
        ? `The process that works on run ${run} goes on with it.\n`
        : `Run ${run} is paused: it goes on with it when it is resumed.\n`,
    );
  return 0;
}
