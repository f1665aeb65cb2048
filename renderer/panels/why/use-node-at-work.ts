import { useMemo } from 'react';
import { findNode } from '../../../common/graph-nodes.ts';
import { isInside } from '../../../common/node-paths.ts';
import { statusCounts } from '../../model/status-counts.ts';
import { isHalted, type NodeAtWork, type RunAtWork } from '../../model/why-waiting.ts';
import { stoppingAs, useStudio } from '../../stores/studio.ts';

interface AtWork {
  readonly node: NodeAtWork;
  readonly run: RunAtWork;
}

/** How a batch node and its run stand, as often as the totals change. Of a node inside batches the page counts no single ones. */
export function useNodeAtWork(node: number | undefined): AtWork | undefined {
  const progress = useStudio(state => state.progress);
  const stopping = useStudio(stoppingAs);
  const graph = useStudio(state => state.detail?.graph);
  const map = useStudio(state => (node === undefined ? undefined : state.model?.maps.get(node)));
  return useMemo(() => {
    const of = progress?.nodes.find(other => other.node === node);
    if (!progress || !of) return undefined;
    const { running, retrying, waiting } = map ? statusCounts(map) : { ...of.batches, retrying: 0 };
    const settings = graph && findNode(graph.nodes, of.path)?.settings;
    const steps = progress.steps.filter(({ path }) => path === of.path || isInside(path, of.path));
    const next = steps.flatMap(({ nextAt }) => nextAt ?? []);
    const limits = settings?.rateLimits;
    return {
      node: {
        running,
        retrying,
        waiting,
        places: of.concurrency,
        heldUntil: steps.find(({ path }) => path === of.path)?.heldUntil,
        hasRateLimit: Array.isArray(limits) && limits.length > 0,
        isHalted: isHalted(settings, of.batches),
        nextAt: next.length === 0 ? undefined : Math.min(...next),
      },
      run: { status: progress.status, waitsFor: progress.waitsFor, rests: progress.rests, stopping },
    };
  }, [progress, node, map, graph, stopping]);
}
