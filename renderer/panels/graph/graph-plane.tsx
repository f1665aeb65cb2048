import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { BoxCard } from './box-card.tsx';
import { cameraFor, cameraOn, firstCamera, CLOSEST, FARTHEST, type Camera } from '../../model/graph/camera.ts';
import { inspectCard } from './card.tsx';
import { EndCard } from './end-card.tsx';
import { ForkCard } from './fork-card.tsx';
import { NoteCard } from './note-card.tsx';
import { PillCard } from './pill-card.tsx';
import { useFailedNodes } from './use-node-state.ts';
import { StepCard } from './step-card.tsx';
import { cardsOf, linesOf, type CardNode, type LineEdge } from './flow-elements.ts';
import { Background, BackgroundVariant, ReactFlow, useCamera, useFlowSize, useIsFar } from './flow.ts';
import { ArrowHead, Line } from './line.tsx';
import type { LaidOutPlan } from './use-layout.ts';

const NODE_TYPES = { step: StepCard, fork: ForkCard, box: BoxCard, end: EndCard, note: NoteCard, pill: PillCard };
const EDGE_TYPES = { line: Line };

/** Where a person has moved the camera to, by whose graph it is: it is there when they come back. */
const cameras = new Map<string, Camera>();

/**
 * The plane on which cards stand: to be moved and zoomed, not to be edited. Only the person moves the camera; it is set
 * when a graph is first shown, and follows the size of the screen until they have.
 */
export function GraphPlane({ graphKey, graph }: { graphKey: string; graph: LaidOutPlan }) {
  const nodes = useMemo(() => cardsOf(graph), [graph]);
  const edges = useMemo(() => linesOf(graph), [graph]);
  const far = useIsFar();
  const failed = useFailedNodes(graph.plan);
  const controls = useControls(graphKey, graph, failed);
  return (
    <div className={`graph-plane ${far ? 'far' : ''}`} onKeyDown={event => onZoomKey(event, controls)}>
      <ArrowHead />
      <ReactFlow<CardNode, LineEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={FARTHEST}
        maxZoom={CLOSEST}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        attributionPosition="bottom-left"
        onError={ignoreHidden}
        onNodeClick={(_event, { data }) => inspectCard(data.plan)}
        onMoveEnd={(event, viewport) => {
          if (event) cameras.set(graphKey, viewport);
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.6} />
      </ReactFlow>
      <div className="graph-controls" role="group" aria-label="Camera">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={controls.zoomIn}>
          +
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={controls.zoomOut}>
          −
        </button>
        <button type="button" aria-label="Show the whole graph" title="Show the whole graph (0)" onClick={controls.fit}>
          ⤢
        </button>
        {failed.length > 0 && (
          <button type="button" className="fit-failed" title="Show what failed (F)" onClick={controls.fitFailed}>
            Fit failed
          </button>
        )}
      </div>
    </div>
  );
}

interface Controls {
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  readonly fitFailed: () => void;
}

const ZOOM_STEP = 1.25;

function useControls(graphKey: string, graph: LaidOutPlan, failed: readonly string[]): Controls {
  const { set, zoomBy } = useCamera();
  const size = useFlowSize();
  const latest = useRef(graph);
  latest.current = graph;
  const isSeen = size.width > 0 && size.height > 0;
  // When it is first seen, and when the screen's size changes or a body is opened; a change of the run is none of these.
  const parts = graph.plan.nodes.size;
  useEffect(() => {
    const saved = cameras.get(graphKey);
    if (saved) set(saved);
    else if (isSeen) set(firstCamera(latest.current.plan, latest.current.layout, size));
  }, [graphKey, set, size, isSeen, parts]);
  return useMemo(() => {
    const go = (camera: Camera) => {
      cameras.set(graphKey, camera);
      set(camera);
    };
    return {
      zoomIn: () => void cameras.set(graphKey, zoomBy(ZOOM_STEP)),
      zoomOut: () => void cameras.set(graphKey, zoomBy(1 / ZOOM_STEP)),
      fit: () => {
        if (isSeen) go(cameraFor(latest.current.plan, latest.current.layout, size));
      },
      fitFailed: () => {
        if (isSeen && failed.length > 0) go(cameraOn(failed, latest.current.plan, latest.current.layout, size));
      },
    };
  }, [graphKey, set, zoomBy, size, isSeen, failed]);
}

function onZoomKey(event: KeyboardEvent, controls: Controls): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = {
    '+': controls.zoomIn,
    '=': controls.zoomIn,
    '-': controls.zoomOut,
    0: controls.fit,
    f: controls.fitFailed,
  }[event.key];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

/** React Flow warns while it has no size, as when another view is shown. Anything else is a defect. */
function ignoreHidden(code: string, message: string): void {
  if (code !== '004') console.error(message);
}
