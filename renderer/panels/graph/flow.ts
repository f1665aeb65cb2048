/*
 * The one door to React Flow. It keeps its state in a zustand store of its own, of another major version than ours: its
 * hooks are used in here and nowhere else.
 */
import { useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useCallback, useMemo } from 'react';
import type { Camera } from '../../model/graph/camera.ts';
import '@xyflow/react/dist/base.css';

export { Background, BackgroundVariant, Handle, Position, ReactFlow, ReactFlowProvider } from '@xyflow/react';
export type { Edge, EdgeProps, Node, NodeProps } from '@xyflow/react';

/** Below this a card's small print is too small to read, and its title is set larger instead (graph.css). */
const FAR = 0.62;

/** Whether the graph is seen from far away. Changes only when it becomes so. */
export function useIsFar(): boolean {
  return useStore(state => state.transform[2] < FAR);
}

/** Width and height of the plane in view; 0 while it is hidden. */
export function useFlowSize(): { readonly width: number; readonly height: number } {
  const width = useStore(state => state.width);
  const height = useStore(state => state.height);
  return useMemo(() => ({ width, height }), [width, height]);
}

export interface CameraControls {
  readonly set: (camera: Camera) => void;
  /** Nearer, or farther below 1, around the middle. Gives where the camera then is. */
  readonly zoomBy: (factor: number) => Camera;
}

export function useCamera(): CameraControls {
  const { setViewport } = useReactFlow();
  const store = useStoreApi();
  return useMemo(() => {
    const set = (camera: Camera): void => void setViewport({ ...camera });
    const zoomBy = (factor: number): Camera => {
      const {
        transform: [x, y, zoom],
        width,
        height,
        minZoom,
        maxZoom,
      } = store.getState();
      const next = Math.min(maxZoom, Math.max(minZoom, zoom * factor));
      const by = next / zoom;
      const camera = { x: width / 2 - (width / 2 - x) * by, y: height / 2 - (height / 2 - y) * by, zoom: next };
      set(camera);
      return camera;
    };
    return { set, zoomBy };
  }, [setViewport, store]);
}

const MARGIN = 12;

/** Brings a card into view, at the zoom there is, when it has been reached by the keyboard and is out of sight. */
export function useReveal(): (id: string) => void {
  const store = useStoreApi();
  return useCallback(
    (id: string) => {
      const {
        nodeLookup,
        transform: [x, y, zoom],
        width,
        height,
        setCenter,
      } = store.getState();
      const node = nodeLookup.get(id);
      if (!node) return;
      const { positionAbsolute: at } = node.internals;
      const size = { width: node.measured.width ?? 0, height: node.measured.height ?? 0 };
      const [left, top] = [at.x * zoom + x, at.y * zoom + y];
      const inView =
        left >= MARGIN &&
        top >= MARGIN &&
        left + size.width * zoom <= width - MARGIN &&
        top + size.height * zoom <= height - MARGIN;
      const fills = size.width * zoom > width || size.height * zoom > height;
      if (
        inView ||
        (fills && left < width && top < height && left + size.width * zoom > 0 && top + size.height * zoom > 0)
      )
        return;
      void setCenter(at.x + size.width / 2, at.y + size.height / 2, { zoom });
    },
    [store],
  );
}
