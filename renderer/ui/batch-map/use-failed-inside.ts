import { useMemo } from 'react';
import { isInside } from '../../../common/node-paths.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { api } from '../../stores/host.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';

/**
 * Which batches of a map are not as whole as they look: batches inside them failed, and were tolerated or not. Undefined
 * where none did.
 */
export function useFailedInside(node: number): ((index: number) => boolean) | undefined {
  const run = useStudio(state => state.runId);
  const failed = useStudio(state => {
    // Of an earlier moment only the totals of those inside are known.
    const nodes = shownPast(state) ? [] : (state.progress?.nodes ?? []);
    const path = nodes.find(other => other.node === node)?.path;
    return path === undefined
      ? 0
      : nodes.reduce((sum, other) => sum + (isInside(other.path, path) ? other.batches.failed : 0), 0);
  });
  const wanted = run === undefined || failed === 0 ? undefined : { run, node, by: 'cause' as const };
  const loaded = useLoad(wanted && (() => api().getOverlay(wanted)), [wanted], failed);
  const overlay = wanted && loaded.state === 'loaded' ? loaded.value : undefined;
  return useMemo(() => {
    if (overlay?.by !== 'cause') return undefined;
    const { values } = overlay;
    return (index: number) => (values[index] ?? 0) > 0;
  }, [overlay]);
}
