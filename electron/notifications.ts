import { Notification } from 'electron';
import type { RunItem } from '../host/api.ts';
import type { Host } from '../host/host.ts';
import { onHostEvent } from './host-events.ts';
import type { StudioWindow } from './studio-window.ts';

const OUTCOMES: Readonly<Partial<Record<RunItem['status'], string>>> = { completed: 'is complete', failed: 'has failed batches', interrupted: 'was interrupted', cancelled: 'was cancelled' };

/** Tells a person who looks elsewhere that a run has ended. */
export function setupNotifications(host: Host, studio: StudioWindow): void {
  const goingOn = new Set<number>();
  // Shown ones are kept: one that is collected as garbage no longer answers to a click.
  const shown = new Set<Notification>();
  onHostEvent(host, 'onRun', item => {
    if (item.status === 'running') return goingOn.add(item.run);
    const words = wordsFor(item);
    if (!goingOn.delete(item.run) || !words || studio.isInFront || !Notification.isSupported()) return undefined;
    const notification = new Notification(words);
    shown.add(notification);
    notification.on('click', () => {
      shown.delete(notification);
      studio.show();
      studio.ask(`open-run:${item.run}`);
    });
    notification.on('close', () => shown.delete(notification));
    return notification.show();
  });
}

/** Nothing for a run that was paused: whoever did that knows. */
function wordsFor({ name, run, status, items, batches }: RunItem): { title: string; body: string } | undefined {
  const outcome = OUTCOMES[status];
  if (outcome === undefined) return undefined;
  const failed = batches.failed === 0 ? '' : ` ${count(batches.failed, 'batch', 'batches')} failed.`;
  return { title: `${name} ${outcome}`, body: `Run ${run}: ${items.succeeded.toLocaleString('en')} of ${count(items.total, 'item', 'items')} done.${failed}` };
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
