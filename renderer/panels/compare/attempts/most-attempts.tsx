import { counted } from '../../../../common/format.ts';
import { titledBatch } from '../../../model/batch-name.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { inspect } from '../../../stores/actions.ts';
import { api } from '../../../stores/host.ts';
import { useStudio } from '../../../stores/studio.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyph.tsx';

const MOST = 8;

/** Where there is something to compare. */
export function MostAttempts({ run }: { run: number }) {
  const node = useStudio(state => [...(state.model?.maps.keys() ?? [])][0]);
  const loaded = useLoad(
    node === undefined
      ? undefined
      : () => api().listBatches({ run, node, where: {}, sort: 'attempts', descending: true, offset: 0, limit: MOST }),
    [run, node],
  );
  const rows = loaded.state === 'loaded' ? loaded.value.rows.filter(({ attempts }) => attempts > 1) : [];
  if (node === undefined || rows.length === 0) return null;
  return (
    <nav className="compare-most" aria-label="Batches with the most attempts">
      {rows.map(({ index, label, attempts, status }) => (
        <Button key={index} small onClick={() => inspect({ kind: 'batch', node, index })}>
          <Glyph status={status} silent /> {titledBatch(index, label)} · {counted(attempts, ['attempt', 'attempts'])}
        </Button>
      ))}
    </nav>
  );
}
