import { z } from 'zod';
import { ofRun, runId } from './schemas/common.ts';
import { debugging } from './schemas/debugging.ts';
import { interrupted } from './schemas/interrupted.ts';
import { itemCheck, itemSearch } from './schemas/items.ts';
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
  /** A run has been deleted. */
  onRunGone: ofRun,
  onWorkspace: workspace,
  /** What becomes of the runs that were interrupted before: for all pages. */
  onInterrupted: interrupted,
  /** How the search for the items at fault of a watched run goes. */
  onSearch: itemSearch,
  /** What its items at fault come to with the code as it is now. */
  onCheck: itemCheck,
  /** How the execution of a batch in a debugger goes: for all pages. */
  onDebugging: debugging,
  /** New log lines of a watched run. `dropped` counts lines that arrived faster than a screen can show. */
  onLogs: z.object({ run: runId, lines: z.array(logLine), dropped: z.number() }),
} as const satisfies Record<string, z.ZodType>;
