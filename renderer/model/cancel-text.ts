import { BATCH, counted, type Unit } from '../../common/format.ts';
import type { Progress } from '../../host/api/api.ts';

/** One thing that a cancel does, or leaves alone. */
export interface CancelEffect {
  readonly term: string;
  readonly text: string;
}

const STEP: Unit = ['step', 'steps'];
const RERUN: Unit = ['re-run', 're-runs'];

/** What a cancel ends, or keeps from beginning. Where this is empty, nobody has to be asked. */
export function lostByCancel({ batches, nodes, steps }: Progress, queued: number): CancelEffect[] {
  const effects: CancelEffect[] = [];
  const running = steps.reduce((all, step) => all + step.running + step.retrying, 0);
  if (batches.running > 0)
    effects.push({
      term: 'Stops',
      text: `${counted(batches.running, BATCH)} ${batches.running === 1 ? 'that is' : 'that are'} running. Steps in ${batches.running === 1 ? 'it' : 'them'} that have finished stay stored.`,
    });
  else if (running > 0)
    effects.push({
      term: 'Stops',
      text: `${counted(running, STEP)} ${running === 1 ? 'that is' : 'that are'} running`,
    });
  const isOpenEnded = nodes.some(({ complete }) => !complete);
  if (batches.waiting > 0)
    effects.push({
      term: 'Does not start',
      text: `${counted(batches.waiting, BATCH)} ${batches.waiting === 1 ? 'that waits' : 'that wait'}${isOpenEnded ? ', and those that are not created yet' : ''}`,
    });
  else if (isOpenEnded) effects.push({ term: 'Does not start', text: 'Batches that are not created yet' });
  if (queued > 0)
    effects.push({
      term: 'Drops',
      text: `${counted(queued, RERUN)} ${queued === 1 ? 'that is' : 'that are'} queued`,
    });
  return effects;
}

/** What stays as it is. */
export function keptByCancel({ batches }: Progress): CancelEffect[] {
  const ended = batches.succeeded + batches.failed;
  if (ended === 0) return [];
  const failed = batches.failed > 0 ? `, ${counted(batches.failed, BATCH)} of them failed` : '';
  return [{ term: 'Keeps', text: `${counted(ended, BATCH)} ${ended === 1 ? 'that is' : 'that are'} done${failed}` }];
}
