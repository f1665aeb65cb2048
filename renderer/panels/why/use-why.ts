import type { BatchRow } from '../../../host/api/api.ts';
import { findNode } from '../../../common/graph-nodes.ts';
import { useNow } from '../../hooks/use-now.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import { mostAttempts, whyNotRunning, type ParentBatch } from '../../model/why-waiting.ts';
import { useStudio } from '../../stores/studio.ts';
import { useNodeAtWork } from './use-node-at-work.ts';

/** Says of batches of a node why they do not run, with a countdown; undefined for one that runs or has ended. */
export function useWhy(
  node: number | undefined,
): (row: Pick<BatchRow, 'status' | 'wait'>, parent?: ParentBatch) => string | undefined {
  const atWork = useNodeAtWork(node);
  const graph = useStudio(state => state.detail?.graph);
  const now = useNow(atWork?.run.status === 'running' && atWork.node.waiting + atWork.node.retrying > 0);
  return (row, parent) =>
    atWork &&
    whyNotRunning({
      ...atWork,
      row: row.wait?.asked === undefined ? row : { ...row, wait: { ...row.wait, asked: label(row.wait.asked, 100) } },
      parent,
      now,
      title: path => (graph ? titleLabel(graph, path) : label(path, 200)),
      mostOf: path => mostAttempts(graph && findNode(graph.nodes, path)?.settings),
    });
}
