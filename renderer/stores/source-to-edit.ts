import { findNode } from '../../common/graph-nodes.ts';
import { api } from './host.ts';
import { studio } from './studio.ts';

/** The line an editor should open at: of the failing step, of the node in view, or of the workflow. */
export async function sourceToEdit(): Promise<{ file: string; line: number } | undefined> {
  const { runId: run, inspected, detail, workflow, workspace } = studio.getState();
  if (inspected.kind === 'batch' && run !== undefined) {
    const { node, index, parent } = inspected;
    const found = await api().findBatch({ run, node, index, parent });
    const batch = found && (await api().getBatch({ run, scope: found.scope }));
    const at = batch?.error?.at ?? (batch && detail && findNode(detail.graph.nodes, batch.path)?.at);
    if (at) return at;
  }
  if (inspected.kind === 'node' && detail) {
    const at = findNode(detail.graph.nodes, inspected.path)?.at;
    if (at) return at;
  }
  const graph =
    detail?.graph ??
    workspace?.files.find(file => file.file === workflow?.file)?.graphs.find(({ id }) => id === workflow?.workflow);
  return graph?.at;
}
