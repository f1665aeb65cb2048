import { useMemo } from 'react';
import type { Graph } from '../../host/api/api.ts';
import { findNode } from '../../common/graph-nodes.ts';
import { label, titleLabel } from '../model/shown-text.ts';
import { useStudio } from '../stores/studio.ts';

/** The open workflow as its file is now, and a text that is another one when the workflow has changed. */
export function useTodaysGraph(): { readonly graph: Graph | undefined; readonly version: string } {
  const workspace = useStudio(state => state.workspace);
  const workflow = useStudio(state => state.workflow);
  return useMemo(() => {
    const graph = workspace?.files
      .find(({ file }) => file === workflow?.file)
      ?.graphs.find(({ id }) => id === workflow?.workflow);
    return { graph, version: JSON.stringify(graph) ?? '' };
  }, [workspace, workflow]);
}

/** The title of a node of the open run, or of one that has another name in the file now, for a sentence. */
export function useNodeTitle(): (path: string) => string {
  const before = useStudio(state => state.detail?.graph);
  const { graph: today } = useTodaysGraph();
  return path => {
    const graph = [before, today].find(one => one && findNode(one.nodes, path)) ?? before ?? today;
    return graph ? titleLabel(graph, path) : label(path, 200);
  };
}
