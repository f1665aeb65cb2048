import { allNodes } from '../../../common/graph-nodes.ts';
import { hasBatches } from '../../../common/node-kinds.ts';
import { statusWord, type RunStatus } from '../../../common/status.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { useMemo, useState } from 'react';
import { firstToShow, nodePointedAt } from '../../model/batch-node-shown.ts';
import type { BatchFilter, BatchStatus, Graph } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { statusCounts } from '../../model/status-counts.ts';
import { useMedia } from '../../hooks/use-media.ts';
import { showBatches, showNode } from '../../stores/actions.ts';
import { useStudio, type ColourBy, type StudioState } from '../../stores/studio.ts';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';
import { BatchTable } from './batch-table.tsx';
import { OddChip, OddList } from '../odd/odd-list.tsx';
import { StepCards } from '../times/step-times.tsx';
import { WhatIsLeft } from '../why/what-is-left.tsx';
import { askRoomForRows } from './room-for-rows.ts';
import { SelectionBar } from './selection-bar.tsx';
import './batches.css';
import { Legend } from './legend.tsx';
import { DataBar } from './data-bar.tsx';
import { useDataColouring } from './use-data-colouring.ts';
import { useColouring } from './use-colouring.ts';
import { WorkerFilter } from './worker-filter.tsx';
import { useWorkerGroups } from '../../stores/workers.ts';
import { shownModel, shownPast, shownProgress } from '../../stores/shown.ts';

const FILTERS: readonly BatchStatus[] = [
  'failed',
  'running',
  'retrying',
  'waiting',
  'succeeded',
  'cancelled',
  'setAside',
];

const ALWAYS_OFFERED: ReadonlySet<BatchStatus> = new Set(['failed', 'succeeded']);

/** Every batch, as a map and as rows: the same filter, and the same selection for a re-run. */
export function BatchesView() {
  const run = useStudio(state => state.runId);
  const graph = useStudio(state => state.detail?.graph);
  const nodes = useStudio(state => shownProgress(state)?.nodes);
  const status = useStudio(state => shownProgress(state)?.status);
  const maps = useStudio(state => shownModel(state)?.maps);
  const inspected = useStudio(inspectedPath);
  const selection = useStudio(state => state.selection);
  const outermost = useMemo(() => (nodes ?? []).filter(({ node }) => maps?.has(node)), [nodes, maps]);
  const chosen = useStudio(state => state.shownNode);
  const { statuses, search, by, workers: of } = useStudio(state => state.batches);
  const hasWorkers = useWorkerGroups().length > 0;
  const hasHost = useStudio(state => state.recording === undefined);
  const [isOddOpen, setIsOddOpen] = useState(false);
  const isShort = useMedia('(max-height: 720px)');
  // Lower, the buttons of a large map that is zoomed would not be in view.
  const isTall = useMedia('(min-height: 960px)');
  const hasNodes = outermost.length > 0;
  // Found once: another that begins to fail while one looks takes nothing away.
  const first = useMemo(() => firstToShow(outermost, nodes ?? [])?.node, [run, hasNodes]);
  const node =
    nodePointedAt(outermost, { chosen, inspected, selected: selection?.node }) ??
    outermost.find(other => other.node === first) ??
    outermost[0];
  const map = node && maps?.get(node.node);
  const overlay = useColouring(run, node?.node, by);
  const data = useDataColouring(run, map);
  // What else a batch was then is not known: an earlier moment is shown by state.
  const isPast = useStudio(state => shownPast(state) !== undefined);
  const colouring = isPast ? undefined : by === 'data' ? data : overlay;
  const filter = useMemo(
    () => ({ statuses, search: isPast ? '' : search, workers: isPast ? [] : of }),
    [statuses, search, of, isPast],
  );
  // As often as the totals change: a map itself changes without React.
  const counts = useMemo(() => map && statusCounts(map), [map, nodes]);
  const where = useMemo(
    (): BatchFilter => ({
      ...(statuses.length > 0 && { statuses: [...statuses] }),
      ...(search !== '' && !isPast && { search }),
      ...(of.length > 0 && !isPast && { workers: [...of] }),
      ...(selection &&
        selection.node === node?.node &&
        !selection.fromRows &&
        (selection.cause ? { cause: selection.cause } : selection.where)),
    }),
    [statuses, search, of, isPast, selection, node?.node],
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
        <Empty>{noBatchesText(graph, status)}</Empty>
      </section>
    );
  // While a run goes on, each stays in its place. Of a run at rest, what none of them is needs no button.
  const isOffered = (filter: BatchStatus) =>
    status === 'running' ||
    isPast ||
    ALWAYS_OFFERED.has(filter) ||
    statuses.includes(filter) ||
    (counts?.[filter] ?? 0) > 0;
  const isEmpty = node.complete && node.batches.total === 0;
  const toggle = (status: BatchStatus) =>
    showBatches({
      statuses: statuses.includes(status) ? statuses.filter(other => other !== status) : [...statuses, status],
    });
  return (
    <section className="batches" aria-label="Batches" ref={askRoomForRows}>
      <div className="batches-bar">
        {outermost.length > 1 && (
          <select aria-label="Batch node" value={node.node} onChange={event => showNode(Number(event.target.value))}>
            {outermost.map(other => (
              <option key={other.node} value={other.node}>
                {titleLabel(graph, other.path)}
              </option>
            ))}
          </select>
        )}
        {FILTERS.filter(isOffered).map(status => (
          <button
            key={status}
            type="button"
            className="chip"
            aria-pressed={statuses.includes(status)}
            onClick={() => toggle(status)}
          >
            <Glyph status={status} silent />
            {statusWord(status)} {number(counts?.[status] ?? 0)}
          </button>
        ))}
        {!isPast && <OddChip isOpen={isOddOpen} onToggle={() => setIsOddOpen(!isOddOpen)} />}
        <input
          data-filter
          type="search"
          placeholder="Search errors"
          disabled={isPast}
          title={isPast ? 'The errors of an earlier moment cannot be searched. Go back to now to search.' : undefined}
          aria-label="Search in error messages"
          value={search}
          onChange={event => showBatches({ search: event.target.value })}
        />
        {hasWorkers && <WorkerFilter isPast={isPast} />}
        <label className="by">
          Colour by{' '}
          <select
            value={isPast ? 'status' : by}
            disabled={isPast}
            title={isPast ? 'An earlier moment is coloured by state.' : undefined}
            onChange={event => showBatches({ by: event.target.value as ColourBy })}
          >
            <option value="status">state</option>
            <option value="duration">duration</option>
            <option value="attempt">attempts</option>
            <option value="cause">cause</option>
            {(hasWorkers || by === 'worker') && <option value="worker">worker</option>}
            {hasHost && <option value="data">your data…</option>}
          </select>
        </label>
        {by === 'data' && map && !isPast && <DataBar run={run} map={map} />}
        <WhatIsLeft node={node.node} />
      </div>
      {/* One row of the view, whichever of them there are. */}
      <div className="batches-head">
        {isOddOpen && !isPast && <OddList />}
        <StepCards path={node.path} />
      </div>
      {/* Of no batches it would only be an empty strip with a legend. */}
      {!isEmpty && (
        <div className="map-well">
          <BatchMapCanvas
            node={node.node}
            colouring={colouring?.colouring}
            filter={filter}
            mostHeight={isShort ? 90 : node.batches.total <= 10_000 ? 200 : isTall ? 260 : 170}
          />
          <Legend colouring={colouring} />
        </div>
      )}
      <SelectionBar />
      <BatchTable run={run} node={node.node} where={where} isEmpty={isEmpty} />
    </section>
  );
}

/** Why there is nothing to be seen here, and where there is. */
function noBatchesText(graph: Graph, status: RunStatus | undefined): string {
  if (!allNodes(graph.nodes).some(({ kind }) => hasBatches(kind)))
    return 'This workflow has no batches. The graph and the timeline show its steps.';
  return status === 'running' ? 'This run has no batches yet.' : 'This run did not come to its batches.';
}

/** The path of the node that is looked at, or of whose batch is. */
function inspectedPath({ inspected, progress }: StudioState): string | undefined {
  if (inspected.kind === 'node') return inspected.path;
  return inspected.kind === 'batch' ? progress?.nodes.find(({ node }) => node === inspected.node)?.path : undefined;
}
