import { useState } from 'react';
import type { Counts } from '../../../host/api/api.ts';
import { BATCH, equation } from '../../../common/format.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { inspect } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useLoad } from '../../hooks/use-load.ts';

const PAGE = 50;

/** The batches of a batch node that stands inside a batch: those that failed first. */
export function InnerBatches({
  run,
  scope,
  node,
  title,
  counts,
}: {
  run: number;
  scope: number;
  node: number;
  title: string;
  counts: Counts;
}) {
  const [limit, setLimit] = useState(PAGE);
  const loaded = useLoad(
    () =>
      api().listBatches({ run, node, parent: scope, where: {}, sort: 'status', descending: true, offset: 0, limit }),
    [run, node, scope, limit],
    JSON.stringify(counts),
  );
  const rows = loaded.state === 'loaded' ? loaded.value.rows : [];
  return (
    <section className="inner">
      <h3 className="label">{title}</h3>
      <Bar counts={counts} />
      <small className="muted numbers">{equation(counts, BATCH, true)}</small>
      <ul className="steps">
        {rows.map(row => (
          <li key={row.scope}>
            <Glyph status={row.status} />
            <button
              type="button"
              className="link"
              onClick={() => inspect({ kind: 'batch', node, index: row.index, parent: scope })}
            >
              {title} #{row.index}
            </button>
            <span className="muted">{row.message}</span>
          </li>
        ))}
      </ul>
      {loaded.state === 'loaded' && loaded.value.total > rows.length && (
        <Button small onClick={() => setLimit(before => Math.min(1000, before + 200))}>
          Show more
        </Button>
      )}
    </section>
  );
}
