import type { Progress } from '../../host/api/api.ts';
import type { RunModel } from '../model/run-model.ts';
import type { Past, StudioState } from './studio.ts';

/*
 * The run as the screens show it: now, or as it was at the moment of the playback. What acts on the run takes it as it is now, from
 * the state itself.
 */

type State = Pick<StudioState, 'past' | 'presenting' | 'model' | 'progress'>;

/** The moment that is shown. The presentation shows the run as it is. */
export function shownPast({ past, presenting }: Pick<State, 'past' | 'presenting'>): Past | undefined {
  return presenting ? undefined : past;
}

export function shownModel(state: State): RunModel | undefined {
  return shownPast(state)?.model ?? state.model;
}

export function shownProgress(state: State): Progress | undefined {
  return shownPast(state)?.progress ?? state.progress;
}
