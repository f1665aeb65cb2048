import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Graph } from '../../../host/api/api.ts';
import { useSize } from '../../hooks/use-size.ts';
import { readableWidth } from '../../model/graph/camera.ts';
import { useStudio } from '../../stores/studio.ts';
import { preloadElk } from './elk-worker.ts';
import { EmptyGraph } from './empty-graph.tsx';
import { ReactFlowProvider } from './flow.ts';
import './graph.css';
import './cards.css';
import './boxes.css';
import './lines.css';
import './far.css';
import './empty-graph.css';
import { GraphPlane } from './graph-plane.tsx';
import { LoadBanner, LoadProblem } from './load-problem.tsx';
import { planOf } from '../../model/graph/planner.ts';
import type { Plan } from '../../model/graph/plan.ts';
import { graphSource, type GraphSource } from '../../model/graph/graph-source.ts';
import { Notices } from './notices.tsx';
import { useFoldedBodies } from './use-folded-bodies.ts';
import { useLayout } from './use-layout.ts';
import { useIsOpening } from './use-node-state.ts';
import { useMapSizes } from './use-map-sizes.ts';
import { useUndrawn } from './use-undrawn.ts';
import { undrawnNodes } from '../../model/graph/undrawn-nodes.ts';

/** The run that is open as a living graph, or the workflow before any run of it. */
export function GraphView() {
  const source = useStudio(useShallow(graphSource));
  useEffect(preloadElk, []);
  const section = useRef<HTMLElement>(null);
  const room = useRoom(section);
  return (
    <section ref={section} aria-label="Graph" className="graph" onKeyDown={moveFocus}>
      <ShownGraph source={source} room={room} />
    </section>
  );
}

/** A graph is laid out anew when its view has become so much wider or narrower, in CSS pixels. */
const ROOM_STEP = 120;

/** How wide rows may be; undefined until the view is seen, and as before while it is not. */
function useRoom(section: RefObject<HTMLElement | null>): number | undefined {
  const { width } = useSize(section);
  const seen = useRef<number>(undefined);
  if (width > 0) seen.current = readableWidth(Math.max(ROOM_STEP, Math.floor(width / ROOM_STEP) * ROOM_STEP));
  return seen.current;
}

function ShownGraph({ source, room }: { source: GraphSource; room: number | undefined }) {
  const opening = useIsOpening();
  const { key, file, graph, problem } = useLastKnownSource(source, opening);
  if (graph) {
    return (
      <>
        {problem && <LoadBanner file={file ?? ''} problem={problem} />}
        <Notices graph={graph} />
        <ReactFlowProvider>
          <PlannedGraph graphKey={key} graph={graph} room={room} />
        </ReactFlowProvider>
      </>
    );
  }
  if (problem) return <LoadProblem file={file ?? ''} problem={problem} />;
  return opening ? null : <EmptyGraph />;
}

/** A run that has just been started is not in the list yet: until it is known whose it is, what was there stays. */
function useLastKnownSource(source: GraphSource, opening: boolean): GraphSource {
  const [lastKnown, setLastKnown] = useState(source);
  const isKnown = source.graph !== undefined || !opening;
  if (isKnown && lastKnown !== source) setLastKnown(source);
  return isKnown ? source : lastKnown;
}

function PlannedGraph({ graphKey, graph, room }: { graphKey: string; graph: Graph; room: number | undefined }) {
  const plan = usePlan(graphKey, graph);
  const laidOut = useLayout(graphKey, plan, useMapSizes(), room);
  return laidOut ? <GraphPlane graphKey={graphKey} graph={laidOut} /> : <p className="graph-drawing">Drawing…</p>;
}

/** Made anew when the workflow changes, when something ran that was not in its drawing, or when a body is opened or closed. */
function usePlan(graphKey: string, graph: Graph): Plan {
  const { paths, batches } = useUndrawn(graph);
  const isFolded = useFoldedBodies(graphKey);
  return useMemo(
    () => planOf(graph, undrawnNodes(graph, paths, new Set(batches)), isFolded),
    [graph, paths, batches, isFolded],
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Arrow keys go from card to card, in the order in which they run; Home and End to the first and the last. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (
    !(event.target instanceof HTMLElement) ||
    event.target.dataset.card === undefined ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey
  )
    return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-card]')];
  const step = STEPS[event.key];
  const to =
    event.key === 'Home'
      ? 0
      : event.key === 'End'
        ? cards.length - 1
        : step === undefined
          ? undefined
          : cards.indexOf(event.target) + step;
  if (to === undefined) return;
  event.preventDefault();
  cards[Math.min(cards.length - 1, Math.max(0, to))]?.focus({ preventScroll: true });
}
