import { useCallback } from 'react';
import { useMedia } from '../../hooks/use-media.ts';
import { NARROW } from '../../model/breakpoints.ts';
import { graphSource } from '../../model/graph/graph-source.ts';
import { studio, useStudio } from '../../stores/studio.ts';

/** Whether the body of a batch node is closed: as a person has chosen, or in a narrow window. */
export function useFoldedBodies(graphKey: string): (path: string) => boolean {
  const chosen = useStudio(state => state.foldedBodies);
  const isNarrow = useMedia(NARROW);
  return useCallback(path => chosen.get(keyOf(graphKey, path)) ?? isNarrow, [chosen, graphKey, isNarrow]);
}

/** Opens or closes the body of a batch node of the graph that is shown. */
export function foldBody(path: string, isFolded: boolean): void {
  studio.setState(state => ({
    foldedBodies: new Map([...state.foldedBodies, [keyOf(graphSource(state).key, path), isFolded]]),
  }));
}

function keyOf(graphKey: string, path: string): string {
  return `${graphKey}\n${path}`;
}
