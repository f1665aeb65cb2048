import type { EffectRow } from '../../host/api/api.ts';

type Status = EffectRow['status'];

export const EFFECT_GLYPHS: Readonly<Record<Status, string>> = { begun: '▶', done: '✓', failed: '✕', unknown: '?' };

export const EFFECT_TONES: Readonly<Record<Status, string>> = {
  begun: 'tone-running',
  done: 'tone-succeeded',
  failed: 'tone-failed',
  unknown: 'tone-retrying',
};

/** How an effect stands, in words, and who says so. */
export function effectStatusText({
  status,
  settled,
  receipt,
}: Pick<EffectRow, 'status' | 'settled' | 'receipt'>): string {
  switch (status) {
    case 'begun':
      return 'Running';
    case 'unknown':
      return 'Unknown: it was cut off. Look up whether it was done';
    case 'failed':
      return settled === 'person' ? 'Not done, as somebody said' : 'Failed: the next attempt executes it';
    case 'done':
      return `Done${settled === 'verify' ? ', as its verify found' : settled === 'person' ? ', as somebody said' : ''}${
        receipt ? '' : '; its receipt could not be stored'
      }`;
  }
}
