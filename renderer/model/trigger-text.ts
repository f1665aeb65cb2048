import type { ShownTrigger } from '../../host/api/api.ts';

/** What starts a run, in a few words: `Schedule 0 6 * * *`. */
export function triggerName({ kind, on }: Pick<ShownTrigger, 'kind' | 'on'>): string {
  switch (kind) {
    case 'schedule':
      return `Schedule ${on}`;
    case 'interval':
      return /^\d+$/.test(on) ? `Every ${on} ms` : `Every ${on}`;
    case 'webhook':
      return `Webhook ${on}`;
    case 'event':
      return `Event ${on}`;
    case 'manual':
      return 'By hand';
  }
}
