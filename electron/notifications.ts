import { BATCH, counted, ITEM, LOST_UPDATE, number } from '../common/format.ts';
import { Notification } from 'electron';
import type { RunItem } from '../host/api/api.ts';
import type { Host } from '../host/host.ts';
import { dialogText } from './dialog-text.ts';
import { onHostEvent } from './pipe.ts';
import type { StudioWindow } from './studio-window.ts';

const OUTCOMES: Readonly<Partial<Record<RunItem['status'], string>>> = {
  completed: 'has completed',
  failed: 'has failed batches',
  interrupted: 'was interrupted',
  cancelled: 'was cancelled',
};

/** Tells a person who is in another window that a run has ended. */
export function setupNotifications(host: Host, studio: StudioWindow): void {
  // By the time of its end: a run is told of for other reasons, too, and of a quick run perhaps only its end is told.
  const since = Date.now();
  const known = new Map<number, number>();
  // What was seen running ends now, whatever the clock says.
  const running = new Set<number>();
  // A notification that was garbage-collected no longer answers to a click.
  const shown = new Set<Notification>();
  onHostEvent(host, 'onRun', item => {
    const { run, endedAt = 0 } = item;
    if (item.status === 'running') {
      running.add(run);
      return undefined;
    }
    const isNews = running.delete(run) || endedAt >= since;
    if (!isNews || known.get(run) === endedAt) return undefined;
    known.set(run, endedAt);
    const words = wordsFor(item);
    if (!words || studio.isInFront || !Notification.isSupported()) return undefined;
    const notification = new Notification(words);
    shown.add(notification);
    notification.on('click', () => {
      shown.delete(notification);
      studio.show();
      studio.ask({ kind: 'open-run', run });
    });
    notification.on('close', () => shown.delete(notification));
    return notification.show();
  });
}

/** Nothing for a run that was paused: whoever did that knows. */
function wordsFor({
  name,
  run,
  status,
  items,
  failedBatches,
  lostUpdates = 0,
  demo,
}: RunItem): { title: string; body: string } | undefined {
  const outcome = OUTCOMES[status];
  if (outcome === undefined) return undefined;
  const failed = failedBatches === 0 ? '' : ` ${counted(failedBatches, BATCH)} failed.`;
  const lost = lostUpdates === 0 ? '' : ` ${counted(lostUpdates, LOST_UPDATE)} of its state.`;
  return {
    title: `${demo ? 'Demo: ' : ''}${dialogText(name)} ${outcome}`,
    body: `${demo ? 'Demo run' : 'Run'} ${run}: ${number(items.succeeded)} of ${counted(items.total, ITEM)} done.${failed}${lost}`,
  };
}
