import { isDurableWait, isSubflow } from '../../common/node-kinds.ts';
import { drawnNodes } from '../../common/graph.ts';
import type { OpenWait } from '../../host/api/api.ts';
import { api } from '../stores/host.ts';
import { useStudio, type StudioState } from '../stores/studio.ts';
import { useLoad } from './use-load.ts';
import { useRefresh } from './use-refresh.ts';

/** Whether the open run may wait for people or events: only such a run is asked what it waits for. */
function mayWait({ detail }: StudioState): boolean {
  return (
    detail !== undefined &&
    [...drawnNodes(detail.graph.nodes)].some(({ kind }) => isDurableWait(kind) || isSubflow(kind))
  );
}

const NONE: { readonly waits: readonly OpenWait[]; readonly total: number } = { waits: [], total: 0 };

/** What the open run waits for that people or events bring. */
export function useOpenWaits(): typeof NONE {
  const run = useStudio(state => state.runId);
  const asks = useStudio(mayWait);
  const isOver = useStudio(({ progress }) => progress !== undefined && ENDED.has(progress.status));
  const news = useStudio(({ progress }) => `${progress?.status} ${JSON.stringify(progress?.waitsFor)}`);
  const refresh = useRefresh(asks && !isOver);
  const loaded = useLoad(
    run === undefined || !asks || isOver ? undefined : () => api().getWaits({ run }),
    [run],
    `${refresh} ${news}`,
  );
  return loaded.state === 'loaded' && !isOver ? loaded.value : NONE;
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
