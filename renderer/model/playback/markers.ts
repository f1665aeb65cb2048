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

/** What failed: a batch of the map, or anything else by its node. */
export interface Failure {
  readonly path: string;
  readonly batch: { readonly node: number; readonly index: number } | undefined;
}

/** The moments of a run that stand on the scrubber, in their order; of several at one time each. */
export function markersOf(history: RunHistory, nameOf: (failure: Failure) => string): readonly Marker[] {
  const { sessions, to, status } = history;
  const markers: Marker[] = [{ kind: 'start', at: 0, text: 'Start' }];
  const failure = firstFailure(history);
  if (failure) markers.push({ kind: 'failure', at: failure.at, text: `First failure: ${nameOf(failure)}` });
  for (const [place, { kind, from, to: end, outcome }] of sessions.entries()) {
    if (kind === 'rerun') markers.push({ kind, at: from, text: 'Re-run' });
    if (kind === 'resume') markers.push({ kind, at: from, text: 'Resumed' });
    const isLast = place === sessions.length - 1;
    // What was cancelled afterwards had stopped before.
    if (isLast ? end < to : outcome !== 'completed' && outcome !== 'failed') {
      const word = wordOf(outcome);
      markers.push({ kind: 'stop', at: end, text: `${word.charAt(0).toUpperCase()}${word.slice(1)}` });
    }
  }
  markers.push({ kind: 'end', at: to, text: `End: ${statusWord(status)}` });
  return markers.toSorted((a, b) => a.at - b.at);
}

/** A process that went without a word left its run interrupted. */
function wordOf(outcome: string | undefined): string {
  return statusWord(RUN_STATUSES.find(status => status === outcome) ?? 'interrupted');
}

/** Of a batch, also of one that a retry has fixed; else of a step. */
export function firstFailure({ parts }: RunHistory): (Failure & { readonly at: number }) | undefined {
  for (const of of ['batches', 'steps'] as const) {
    let at: number = NEVER;
    let failure: Failure | undefined;
    const look = (time: number, index: number, part: RunHistory['parts'][number]) => {
      if (time >= at) return;
      at = time;
      failure = { path: part.path, batch: part.isMapped ? { node: part.node, index } : undefined };
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
    if (failure) return { ...failure, at };
  }
  return undefined;
}

/** The marker to go to from a moment. */
export function nextMarker(markers: readonly Marker[], at: number, direction: 'previous' | 'next'): Marker | undefined {
  return direction === 'next' ? markers.find(other => other.at > at) : markers.findLast(other => other.at < at);
}
