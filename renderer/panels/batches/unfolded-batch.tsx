import { useLoad } from '../../hooks/use-load.ts';
import { useRefresh } from '../../hooks/use-refresh.ts';
import type { BatchRow } from '../../../host/api/api.ts';
import { isInFlight, BatchStatus } from '../../../common/status.ts';
import { api } from '../../stores/host.ts';
import { Waterfall } from '../../ui/waterfall/waterfall.tsx';

/** The attempts of one batch, below its row. */
export function UnfoldedBatch({ run, row: { scope, status } }: { run: number; row: BatchRow }) {
  const refresh = useRefresh(isInFlight(BatchStatus[status]));
  const loaded = useLoad(() => api().getBatch({ run, scope }), [run, scope], `${status} ${refresh}`);
  if (loaded.state === 'failed') return <p className="wrong">{loaded.message}</p>;
  // The batch that was unfolded before may still be here.
  if (loaded.state === 'loading' || loaded.value.batch.scope !== scope) return <p className="muted">Loading…</p>;
  const { attempts, earlierAttempts, path } = loaded.value;
  return <Waterfall attempts={attempts} earlier={earlierAttempts} path={path} />;
}
