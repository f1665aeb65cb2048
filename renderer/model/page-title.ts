import { GLYPH } from '../../common/status.ts';
import { runStatusWord } from '../../common/waits-for.ts';
import { number } from '../../common/format.ts';
import { isOpenEnded } from '../../common/run-summary.ts';
import type { Progress } from '../../host/api/api.ts';

const APP = 'Cronflow Studio';

/** The title of the page's tab or window, so that a run can be told from others without opening it: `✕ 5 failed · films`. */
export function pageTitle(name: string | undefined, progress: Progress | undefined, isDemo = false): string {
  if (name === undefined) return APP;
  const demo = isDemo ? 'Demo: ' : '';
  return progress ? `${demo}${GLYPH[progress.status]} ${stateOf(progress)} · ${name}` : `${name} · ${APP}`;
}

function stateOf(progress: Progress): string {
  const { status, failedBatches, batches, items } = progress;
  const failed = failedBatches > 0 ? `${number(failedBatches)} failed` : undefined;
  switch (status) {
    case 'running':
      return [doneSoFar(progress), failed].filter(Boolean).join(', ');
    case 'completed':
      return failed === undefined ? 'completed' : `completed, ${failed}`;
    case 'failed':
      return batches.failed > 0 ? `${number(batches.failed)} failed` : 'failed';
    case 'cancelled':
    case 'paused':
    case 'interrupted':
      return items.total > 0 ? `${runStatusWord(progress)}, ${failed ?? doneSoFar(progress)}` : runStatusWord(progress);
  }
}

/** A share, where it is known of what. Rounded down: nothing is all done before it is. */
function doneSoFar({ items, nodes }: Progress): string {
  if (items.total === 0) return 'running';
  if (isOpenEnded(nodes)) return `${number(items.succeeded)} done`;
  return `${Math.floor((items.succeeded / items.total) * 100)} %`;
}
