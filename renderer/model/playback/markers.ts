import { statusWord, BatchStatus, RUN_STATUSES } from '../../../common/status.ts';
import { NEVER } from '../../../common/history.ts';
import type { RunHistory } from '../../../host/api/api.ts';

export type MarkerKind = 'start' | 'failure' | 'rerun' | 'resume' | 'stop' | 'end';

/** A moment that people look for. */
export interface Marker {
  readonly kind: MarkerKind;
  /** In units of the history. */
  readonly at: number;
  readonly text: string;
}

/** The moments of a run that stand on the scrubber, in their order; of several at one time each. */
export function markersOf(history: RunHistory): readonly Marker[] {
  const { sessions, to } = history;
  const markers: Marker[] = [{ kind: 'start', at: 0, text: 'Start' }];
  const failure = firstFailure(history);
  if (failure) markers.push(failure);
  for (const [place, { kind, from, to: end, outcome }] of sessions.entries()) {
    if (kind === 'rerun') markers.push({ kind, at: from, text: 'Re-run' });
    if (kind === 'resume') markers.push({ kind, at: from, text: 'Resumed' });
    const isLast = place === sessions.length - 1;
    const word = wordOf(outcome);
    if (isLast) markers.push({ kind: 'end', at: Math.max(end, to), text: `End: ${word}` });
    else if (outcome !== 'completed' && outcome !== 'failed')
      markers.push({ kind: 'stop', at: end, text: `${word.charAt(0).toUpperCase()}${word.slice(1)}` });
  }
  return markers.toSorted((a, b) => a.at - b.at);
}

/** A process that went without a word left its run interrupted. */
function wordOf(outcome: string | undefined): string {
  return statusWord(RUN_STATUSES.find(status => status === outcome) ?? 'interrupted');
}

/** Of a batch, also of one that a retry has fixed; else of a step. */
function firstFailure({ parts }: RunHistory): Marker | undefined {
  for (const of of ['batches', 'steps'] as const) {
    let [at, found, path] = [NEVER, 0, ''];
    let isMapped = false;
    const look = (time: number, index: number, part: RunHistory['parts'][number]) => {
      if (time >= at) return;
      [at, found, path] = [time, index, part.path];
      isMapped = part.isMapped;
    };
    for (const part of parts) {
      if (part.of !== of) continue;
      const { statuses, ends, earlier } = part;
      for (let index = 0; index < statuses.length; index++)
        if (statuses[index] === BatchStatus.failed) look(ends[index] ?? NEVER, index, part);
      for (let place = 0; place < earlier.indices.length; place++) {
        const status = earlier.statuses[place];
        if (status === BatchStatus.failed || status === BatchStatus.retrying)
          look(earlier.ends[place] ?? NEVER, earlier.indices[place] ?? 0, part);
      }
    }
    if (at !== NEVER)
      return { kind: 'failure', at, text: `First failure: ${isMapped ? `batch ${found} of ${path}` : path}` };
  }
  return undefined;
}

/** The marker to go to from a moment. */
export function nextMarker(markers: readonly Marker[], at: number, direction: 'previous' | 'next'): Marker | undefined {
  return direction === 'next' ? markers.find(other => other.at > at) : markers.findLast(other => other.at < at);
}
