import { z } from 'zod';
import type { Methods } from './method.ts';
import { cause } from '../schemas/batch.ts';
import { overlay, timeline } from '../schemas/charts.ts';
import { runHistory } from '../schemas/history.ts';
import { nodeId, ofRun, runId, words } from '../schemas/common.ts';
import { failureCause } from '../schemas/failures.ts';
import { runTimes } from '../schemas/times.ts';
import { lostUpdate } from '../schemas/values.ts';

/** What a run is drawn from: causes, cells, times, and its history. */
export const CHART_METHODS = {
  getProblems: { args: ofRun, result: z.object({ causes: z.array(failureCause), lost: z.array(lostUpdate) }) },
  /**
   * Indices of the batches of an outermost node that failed for a cause, or that contain such a batch; or of those whose error has
   * a text in its message: the cells of the map to highlight.
   */
  getCells: {
    args: z.object({ run: runId, node: nodeId, of: z.union([cause, z.object({ search: z.string().max(500) })]) }),
    result: z.object({ indices: words }),
  },
  /**
   * What later sessions of a run have executed again. `isOnce`: no step that had succeeded was executed again, and none was cut off
   * and begun anew.
   */
  getRepeated: {
    args: z.object({ run: runId, node: nodeId }),
    result: z.object({
      /** Batches of the outermost node that failed in an earlier session and have succeeded since. */
      repaired: words,
      /** How many items they hold. */
      items: z.number(),
      isOnce: z.boolean(),
    }),
  },
  getOverlay: {
    args: z.object({ run: runId, node: nodeId, by: z.enum(['duration', 'attempt', 'cause', 'worker']) }),
    result: overlay,
  },
  /** What a run that nobody works on was at every moment of it: all that a playback needs. */
  getHistory: { args: ofRun, result: runHistory },
  /** How fast a run went and goes, how long its steps take, and which of them are stuck. */
  getTimes: { args: ofRun, result: runTimes },
  getTimeline: {
    args: z.object({
      run: runId,
      from: z.number().optional(),
      to: z.number().optional(),
      columns: z.int().min(10).max(4000),
    }),
    result: timeline,
  },
} as const satisfies Methods;
