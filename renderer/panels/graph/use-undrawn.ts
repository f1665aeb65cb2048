import type { Graph } from '../../../host/api/api.ts';
import { useStudio } from '../../stores/studio.ts';
import { undrawnPaths } from '../../model/graph/undrawn-nodes.ts';
import { useRemembered } from './use-remembered.ts';

/** Paths of the run that its graph does not have, and which of them are batches. Changes when there is a new one. */
export function useUndrawn(graph: Graph): { readonly paths: readonly string[]; readonly batches: readonly string[] } {
  const text = useStudio(state => {
    const drawn = state.detail?.graph;
    if (!state.progress || !drawn || drawn !== graph) return '';
    const { steps, nodes } = state.progress;
    const paths = undrawnPaths(
      drawn,
      [...nodes, ...steps].map(({ path }) => path),
    );
    return paths.length === 0 ? '' : JSON.stringify({ paths, batches: nodes.map(({ path }) => path) });
  });
  return useRemembered(text, known =>
    known === '' ? NONE : (JSON.parse(known) as { paths: string[]; batches: string[] }),
  );
}

const NONE = { paths: [], batches: [] } as const;
