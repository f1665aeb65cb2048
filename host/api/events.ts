import { z } from 'zod';
import { ofRun, runId } from './schemas/common.ts';
import { delta } from './schemas/live.ts';
import { runItem } from './schemas/run.ts';
import { logLine } from './schemas/values.ts';
import { workspace } from './schemas/workspace.ts';

/** What the host sends without a request. */
export const EVENTS = {
  /** The next delta of a run. After a gap in `seq`, or `onResync`, the page requests a new snapshot. */
  onDelta: delta,
  onResync: ofRun,
  /** A run has started, changed its status, or made progress (a few times a second at most). */
  onRun: runItem,
  onWorkspace: workspace,
  /** New log lines of a watched run. `dropped` counts lines that arrived faster than a screen can show. */
  onLogs: z.object({ run: runId, lines: z.array(logLine), dropped: z.number() }),
} as const satisfies Record<string, z.ZodType>;
