import { findNode } from '../model/words.ts';
import { studio } from '../stores/studio.ts';

/** The line an editor should open at: of the failing step, of the node in view, or of the workflow. */
export function placeToEdit(): { file: string; line: number } | undefined {
  const { inspected, detail, problems, model, workflow, workspace } = studio.getState();
  if (inspected.kind === 'batch') {
    const group = problems?.groups.find(({ node, indices }) => node === inspected.node && indices.includes(inspected.index));
    if (group?.at) return group.at;
    const path = model?.maps.get(inspected.node)?.path;
    const at = path === undefined || !detail ? undefined : findNode(detail.graph.nodes, path)?.at;
    if (at) return at;
  }
  if (inspected.kind === 'node' && detail) {
    const at = findNode(detail.graph.nodes, inspected.path)?.at;
    if (at) return at;
  }
  const graph = detail?.graph ?? workspace?.files.find(file => file.file === workflow?.file)?.graphs.find(({ id }) => id === workflow?.workflow);
  return graph?.at;
}
