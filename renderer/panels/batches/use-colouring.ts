import { useEffect, useMemo } from 'react';
import type { FailureCause, Overlay } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { attemptColouring, attemptLegend, type StateColours } from '../../model/attempt-colours.ts';
import type { LegendEntry } from '../../model/legend-entry.ts';
import { causeColours } from '../../model/cause-colours.ts';
import type { Colouring } from '../../model/map-paint.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { duration } from '../../../common/format.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio, type ColourBy } from '../../stores/studio.ts';
import { workerColours } from '../../model/workers/worker-colours.ts';
import type { WorkerGroup } from '../../model/workers/worker-groups.ts';
import { rangesOfClass } from '../../model/data-classes.ts';
import { label } from '../../model/shown-text.ts';
import { useWorkerGroups } from '../../stores/workers.ts';
import { classSelection } from './class-selection.ts';
import { mapColours } from '../../ui/batch-map/map-colours.ts';

/** Colours and what they mean. */
export interface MapColouring {
  readonly colouring: Colouring;
  readonly legend: readonly LegendEntry[];
}

/** One hue from dark to light, so that more is brighter whatever eyes see it. */
export const SCALE_COLOURS = ['#26384a', '#2f5673', '#3a789f', '#4f9cc9', '#7cc0e6', '#c4e6f8'] as const;
/** Told apart under the common colour blindnesses (Okabe and Ito), none of them a state's colour. */
const CAUSE_COLOURS = ['#e69f00', '#56b4e9', '#f0e442', '#cc79a7', '#d55e00', '#0072b2', '#009e73', '#ffffff'] as const;
const SIGNS = 'ABCDEFGH';
export const NONE = '#33404f';

/** What the map is coloured by, when that is not the state. Asked anew when batches have come to an end, or were tried again. */
export function useColouring(
  run: number | undefined,
  node: number | undefined,
  by: ColourBy,
): MapColouring | undefined {
  const ended = useStudio(state => {
    const counts = state.progress?.nodes.find(other => other.node === node)?.batches;
    return counts ? counts.succeeded + counts.failed : 0;
  });
  const retried = useStudio(state =>
    by === 'attempt'
      ? (state.progress?.steps ?? []).reduce((sum, { retries, retrying }) => sum + retries + retrying, 0)
      : 0,
  );
  const wanted =
    by === 'status' || by === 'data' || run === undefined || node === undefined ? undefined : { run, node, by };
  const loaded = useLoad(wanted && (() => api().getOverlay(wanted)), [wanted], `${ended} ${retried}`);
  const message = loaded.state === 'failed' ? loaded.message : undefined;
  useEffect(() => {
    if (message !== undefined) notice(new Error(message));
  }, [message]);
  const overlay = wanted && loaded.state === 'loaded' && loaded.value.by === by ? loaded.value : undefined;
  const causes = useStudio(state => state.problems?.causes);
  const map = useStudio(state => (node === undefined ? undefined : state.model?.maps.get(node)));
  const groups = useWorkerGroups();
  return useMemo(
    () => overlay && map && colouringOf(overlay, map, causes ?? [], groups),
    [overlay, map, causes, groups],
  );
}

/** Of the batches of one tile, which is not to depend on how they were given out: a number for each, as if drawn by lot. */
function drawn(index: number): number {
  const mixed = Math.imul(index ^ (index >>> 15), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

/** By who has each batch, or had its latest attempt: a click on a name selects them. */
function workerColouring(values: Uint32Array, map: BatchMap, groups: readonly WorkerGroup[]): MapColouring {
  const { entries, classes } = workerColours(values, groups, CAUSE_COLOURS.length);
  const colourOf = (place: number) => CAUSE_COLOURS[place - 1] ?? NONE;
  // Nothing is told by colour alone.
  const signOf = (place: number) => SIGNS[place - 1] ?? '';
  return {
    colouring: {
      colour: index => colourOf(classes[index] ?? 0),
      // A tile of several batches has the colour of one of them: over many tiles, each colour has its share.
      weight: index => (classes[index] === 0 ? 0 : 1 + drawn(index)),
      sign: index => signOf(classes[index] ?? 0),
    },
    legend: [
      ...entries.map(({ text, count }, at) => {
        const why = `executed by ${label(text, 60)}`;
        const selection = () => classSelection(rangesOfClass(classes, at + 1), map, why);
        return {
          colour: colourOf(at + 1),
          text: `${signOf(at + 1)} ${label(text, 60)}`,
          count,
          choice: { why, selection },
        };
      }),
      { colour: NONE, text: 'nobody yet, or the process of the run' },
    ],
  };
}

/** @param causes Those of the run, in words. */
function colouringOf(
  overlay: Overlay,
  map: BatchMap,
  causes: readonly FailureCause[],
  groups: readonly WorkerGroup[],
): MapColouring | undefined {
  switch (overlay.by) {
    case 'duration': {
      const upTo = bounds(overlay.max);
      const step = (value: number) => upTo.findIndex(bound => value <= bound);
      return {
        colouring: {
          colour: index => {
            const value = overlay.values[index] ?? -1;
            return value < 0 ? NONE : (SCALE_COLOURS[step(value)] ?? NONE);
          },
          weight: index => overlay.values[index] ?? -1,
        },
        legend: SCALE_COLOURS.map((colour, at) => ({ colour, text: `to ${duration(upTo[at] ?? overlay.max)}` })),
      };
    }
    case 'attempt': {
      const ofStates = mapColours();
      const colours: StateColours = { of: status => ofStates[status] ?? NONE, none: NONE };
      return { colouring: attemptColouring(overlay, map, colours), legend: attemptLegend(colours) };
    }
    case 'cause': {
      const { colourOf, legend } = causeColours(overlay.causes, causes, CAUSE_COLOURS.length);
      return {
        colouring: {
          colour: index => {
            const value = overlay.values[index] ?? 0;
            return value === 0 ? NONE : (CAUSE_COLOURS[colourOf(value - 1)] ?? NONE);
          },
          weight: index => Math.sign(overlay.values[index] ?? 0),
        },
        legend: legend.map(({ colour, text }) => ({ colour: CAUSE_COLOURS[colour] ?? NONE, text })),
      };
    }
    case 'worker':
      return workerColouring(overlay.values, map, groups);
  }
}

/**
 * Each three times the one before it, up to the longest: of a few that took very long and many that did not, both can
 * be told apart.
 */
function bounds(longest: number): readonly number[] {
  return SCALE_COLOURS.map((_, at) => Math.max(longest, 1) / 3 ** (SCALE_COLOURS.length - 1 - at));
}
