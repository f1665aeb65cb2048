import { amountsText } from '../../common/amounts.ts';
import type { Graph } from '../../common/graph.ts';
import { allNodes } from '../../common/graph-nodes.ts';
import { outermost } from '../../common/node-paths.ts';
import { label, titleLabel } from '../model/shown-text.ts';
import { useLoad } from '../hooks/use-load.ts';
import { useRefresh } from '../hooks/use-refresh.ts';
import { api } from '../stores/host.ts';
import { useStudio } from '../stores/studio.ts';
import './amounts.css';

/**
 * What the items of the run come to, and where it is: `€ 1,204,500 = € 1,180,000 done + € 24,500 failed`. Nothing where no
 * batch node says what its items come to.
 * @param path Only of this batch node. @default the outermost ones
 */
export function Amounts({ path }: { path?: string }) {
  const graph = useStudio(state => state.detail?.graph);
  const run = useStudio(state => state.runId);
  const status = useStudio(state => state.progress?.status);
  if (!graph || run === undefined || !hasAmounts(graph, path)) return null;
  return <Loaded run={run} graph={graph} status={status} path={path} />;
}

interface LoadedProps {
  readonly run: number;
  readonly graph: Graph;
  readonly status: string | undefined;
  readonly path: string | undefined;
}

function Loaded({ run, graph, status, path }: LoadedProps) {
  const refresh = useRefresh(status === 'running');
  const loaded = useLoad(() => api().getAmounts({ run }), [run], `${status} ${refresh}`);
  if (loaded.state !== 'loaded') return null;
  const { nodes } = loaded.value;
  const shown = path === undefined ? outermost(nodes) : nodes.filter(node => node.path === path);
  if (shown.length === 0) return null;
  return (
    <div className="amounts numbers">
      {shown.map(node => (
        <p key={node.path} className={node.isBalanced ? undefined : 'tone-failed'}>
          {shown.length > 1 && `${titleLabel(graph, node.path)}: `}
          {label(amountsText(node), 400)}
        </p>
      ))}
    </div>
  );
}

function hasAmounts(graph: Graph, path: string | undefined): boolean {
  return allNodes(graph.nodes).some(
    node => node.settings?.['conserve'] !== undefined && (path === undefined || node.path === path),
  );
}
