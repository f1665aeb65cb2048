import type { State } from '../../engine/workflow/types.ts';

/*
 * How steps of random workflows change the run's state. Whatever a re-run repeats, the state must come out as in a run that never
 * failed: what counts is taken back, and what does not count comes to the same when it is done again.
 */

/** `set`, `most` and `list` read and then set: they are only right where nothing runs beside them. */
export const STATE_KINDS = ['incr', 'update', 'largest', 'set', 'most', 'list'] as const;
export type StateKind = (typeof STATE_KINDS)[number];

const CHANGES: { readonly [K in StateKind]: (state: State, item: number) => Promise<unknown> } = {
  incr: (state, item) => state.incr('added', item + 1),
  update: (state, item) => state.update<number>('updated', (sum = 0) => sum + item + 1),
  largest: (state, item) => state.update<number>('largest', (most = 0) => Math.max(most, item)),
  set: state => state.set('set', state.get('set', 0) + 1),
  // Steps of ten: a maximum that grows by exactly as many as there are items is taken for a counter.
  most: (state, item) => state.set('most', Math.max(state.get('most', 0), 70 + item * 10)),
  list: (state, item) => state.set('list', [...new Set([...state.get('list', [] as number[]), item])].toSorted()),
};

export async function changeState(state: State, kind: StateKind, item: number, alone: boolean): Promise<void> {
  const isRead = kind === 'set' || kind === 'most' || kind === 'list';
  await CHANGES[isRead && !alone ? 'incr' : kind](state, item);
}

/**
 * A counter that one step reads and the next one sets. The first has a name of its own: what it gives depends on the order of the
 * batches. Such a step never fails for good: what it has read would be old when the batch is run again.
 */
export const READ = ' read';
export const readApart = (state: State): number => state.get('apart', 0);
export const setApart = (state: State, read: unknown): Promise<void> => state.set('apart', Number(read) + 1);
