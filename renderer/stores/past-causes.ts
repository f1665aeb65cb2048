import type { FailureCause } from '../../host/api/api.ts';
import { causesAt } from '../model/playback/part-at.ts';
import { shownPast } from './shown.ts';
import type { Past, StudioState } from './studio.ts';

const known = new WeakMap<Past, readonly FailureCause[]>();
const NONE: readonly FailureCause[] = [];

/** Why batches had failed at the moment that is shown, the most frequent first; of now without one. */
export function shownCauses(state: Pick<StudioState, 'past' | 'presenting' | 'problems'>): readonly FailureCause[] {
  const past = shownPast(state);
  if (!past) return state.problems?.causes ?? NONE;
  let causes = known.get(past);
  if (!causes) known.set(past, (causes = causesOf(past)));
  return causes;
}

function causesOf({ history, at }: Past): readonly FailureCause[] {
  const found = new Map<number, { batches: number; index: number; isMapped: boolean }>();
  for (const part of history.parts) {
    if (part.of !== 'batches') continue;
    const causes = causesAt(part, Math.floor(at / history.unit));
    // A million of them: no iterator.
    for (let index = 0; index < causes.length; index++) {
      const cause = causes[index] ?? 0;
      if (cause === 0) continue;
      const entry = found.get(cause);
      if (entry) entry.batches += 1;
      else found.set(cause, { batches: 1, index, isMapped: part.isMapped });
    }
  }
  return [...found]
    .flatMap(([place, { batches, index, isMapped }]): FailureCause[] => {
      const cause = history.causes[place - 1];
      // Where one stands that is inside another batch, the history does not tell.
      return cause ? [{ ...cause, batches, first: { index: isMapped ? index : -1, parent: 0 } }] : [];
    })
    .toSorted((a, b) => b.batches - a.batches);
}
