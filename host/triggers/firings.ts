import { nextFiring } from '../../engine/workflow/triggers.ts';
import type { Trigger } from '../../common/graph.ts';

/** So many are told one by one. What is missed beyond that counts as one more. */
const MOST_MISSED = 1_000;

/** The moments after `since` and up to `now` at which it was to fire, in order: the latest of them, where there are very many. */
export function firingsBetween(trigger: Trigger, since: number, now: number): readonly number[] {
  const due: number[] = [];
  for (let at = nextFiring(trigger, since); at !== undefined && at <= now; at = nextFiring(trigger, at)) {
    due.push(at);
    if (due.length > MOST_MISSED) due.shift();
  }
  return due;
}
