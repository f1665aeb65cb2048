import { titleLabel } from '../../model/shown-text.ts';
import { useMemo, useState } from 'react';
import type { BatchFilter, BatchStatus } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { statusCounts } from '../../model/status-counts.ts';
import { askToRerun, select } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';
import { BatchTable } from './batch-table.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import './batches.css';
import { Legend } from './legend.tsx';
import { useColouring, type ColourBy } from './use-colouring.ts';

const FILTERS: readonly BatchStatus[] = ['failed', 'running', 'retrying', 'waiting', 'succeeded', 'cancelled'];

/** Every batch, as a map and as rows: the same filter, and the same selection for a re-run. */
export function BatchesView() {
  const run = useStudio(state => state.runId);
  const graph = useStudio(state => state.detail?.graph);
  const nodes = useStudio(state => state.progress?.nodes);
  const maps = useStudio(state => state.model?.maps);
  const inspected = useStudio(state => (state.inspected.kind === 'batch' ? state.inspected.node : undefined));
  const selection = useStudio(state => state.selection);
  const outermost = useMemo(() => (nodes ?? []).filter(({ node }) => maps?.has(node)), [nodes, maps]);
  const [chosen, setChosen] = useState<number>();
  const node = outermost.find(other => other.node === (chosen ?? inspected ?? selection?.node)) ?? outermost[0];
  const [statuses, setStatuses] = useState<readonly BatchStatus[]>([]);
  const [search, setSearch] = useState('');
  const [by, setBy] = useState<ColourBy>('status');
  const colouring = useColouring(run, node?.node, by);
  const map = node && maps?.get(node.node);
  // As often as the totals change: a map itself changes without React.
  const counts = useMemo(() => map && statusCounts(map), [map, nodes]);
  const where = useMemo(
    (): BatchFilter => ({
      ...(statuses.length > 0 && { statuses: [...statuses] }),
      ...(search !== '' && { search }),
      ...(selection &&
        selection.node === node?.node &&
        (selection.cause ? { cause: selection.cause } : selection.where)),
    }),
    [statuses, search, selection, node?.node],
  );

  if (run === undefined || !graph)
    return (
      <section aria-label="Batches">
        <Empty>Select a run to see its batches.</Empty>
      </section>
    );
  if (!node)
    return (
      <section aria-label="Batches">
        <Empty>This run has no batches yet.</Empty>
      </section>
    );
  const toggle = (status: BatchStatus) =>
    setStatuses(before => (before.includes(status) ? before.filter(other => other !== status) : [...before, status]));
  return (
    <section className="batches" aria-label="Batches">
      <div className="batches-bar">
        {outermost.length > 1 && (
          <select
            aria-label="Batch node"
            value={node.node}
            onChange={event => {
              setChosen(Number(event.target.value));
              select(undefined);
            }}
          >
            {outermost.map(other => (
              <option key={other.node} value={other.node}>
                {titleLabel(graph, other.path)}
              </option>
            ))}
          </select>
        )}
        {FILTERS.map(status => (
          <button
            key={status}
            type="button"
            className="chip"
            aria-pressed={statuses.includes(status)}
            onClick={() => toggle(status)}
          >
            <Glyph status={status} silent />
            {status} {number(counts?.[status] ?? 0)}
          </button>
        ))}
        <input
          data-filter
          type="search"
          placeholder="Search errors"
          aria-label="Search in error messages"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <label className="by">
          Colour by{' '}
          <select value={by} onChange={event => setBy(event.target.value as ColourBy)}>
            <option value="status">state</option>
            <option value="duration">duration</option>
            <option value="attempt">attempt</option>
            <option value="cause">cause</option>
          </select>
        </label>
      </div>
      <div className="map-well">
        <BatchMapCanvas
          node={node.node}
          colouring={colouring?.colouring}
          mostHeight={node.batches.total > 10_000 ? 260 : 200}
        />
        <Legend colouring={colouring} />
      </div>
      {selection && selection.node === node.node && (
        <div className="batches-selection">
          <span>{selection.text}</span>
          <RunButton
            small
            look="danger"
            shortcut="R"
            onClick={() => askToRerun({ node: selection.path, select: selection.where }, selection.text)}
          >
            Re-run {number(selection.count)}
          </RunButton>
          <Button small onClick={() => select(undefined)}>
            Clear
          </Button>
        </div>
      )}
      <BatchTable run={run} node={node.node} where={where} />
    </section>
  );
}
