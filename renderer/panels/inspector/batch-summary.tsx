import { label, titleLabel } from '../../model/shown-text.ts';
import { isFork, isSubflow } from '../../../common/node-kinds.ts';
import type { BatchDetail, GraphNode } from '../../../host/api/api.ts';
import { counted, duration, ITEM } from '../../../common/format.ts';
import { findNode } from '../../../common/graph-nodes.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { useStudio } from '../../stores/studio.ts';
import { PartList } from './part-list.tsx';
import { InnerBatches } from './inner-batches.tsx';
import { workerName } from '../../model/workers/worker-groups.ts';
import { useWorkers } from '../../stores/workers.ts';
import { latestByStep } from '../../model/latest-by-step.ts';

export function BatchSummary({ detail, run }: { detail: BatchDetail; run: number }) {
  const graph = useStudio(state => state.detail?.graph);
  const workers = useWorkers();
  if (!graph) return null;
  const { batch, error, attempts } = detail;
  const body = findNode(graph.nodes, detail.path)?.body;
  const steps = body?.drawn ? flat(body.nodes) : [];
  const latest = new Map(latestByStep(attempts).map(attempt => [attempt.path, attempt]));
  return (
    <>
      <p className="numbers">
        {counted(batch.items, ITEM)}
        {batch.startedAt !== undefined && batch.endedAt !== undefined
          ? ` · ${duration(batch.endedAt - batch.startedAt)}`
          : ''}
        {batch.worker !== undefined && ` · on ${label(workerName(workers, batch.worker), 120)}`}
      </p>
      {error && <p className="inspector-note error">{error.explain ?? error.message}</p>}
      <h3 className="label">Steps</h3>
      <ul className="steps">
        {(steps.length > 0 ? steps.map(({ path }) => path) : [...latest.keys()]).map(path => {
          const attempt = latest.get(path);
          return (
            <li key={path}>
              {attempt ? <Glyph status={attempt.status} /> : <Glyph status="waiting" silent />}
              <span className={attempt ? '' : 'muted'}>{titleLabel(graph, path)}</span>
              <span className="muted numbers">
                {!attempt
                  ? 'not reached'
                  : attempt.endedAt === undefined
                    ? 'running'
                    : duration(attempt.endedAt - attempt.startedAt)}
              </span>
            </li>
          );
        })}
      </ul>
      {steps.some(({ kind }) => isSubflow(kind)) && <PartList run={run} scope={batch.scope} />}
      {detail.inner.map(inner => (
        <InnerBatches
          key={inner.node}
          run={run}
          scope={batch.scope}
          node={inner.node}
          title={titleLabel(graph, inner.path)}
          counts={inner.batches}
        />
      ))}
    </>
  );
}

function flat(nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.flatMap(node =>
    isFork(node.kind) ? [node, ...flat(node.branches?.flatMap(branch => branch.nodes) ?? [])] : [node],
  );
}
