import { useStudio } from '../../stores/studio.ts';
import { mapSize, type MapSizes } from '../../model/graph/sizes.ts';
import { useRemembered } from './use-remembered.ts';

/** How large the map of each outermost batch node is. Changes twice in a run at most. */
export function useMapSizes(): MapSizes {
  const sizes = useStudio(state =>
    JSON.stringify(
      state.progress?.nodes
        .map(({ path, batches }) => [path, mapSize(batches.total)])
        .filter(([, size]) => size !== 0) ?? [],
    ),
  );
  return useRemembered(sizes, text => new Map(JSON.parse(text) as [string, 0 | 1 | 2][]));
}
