import { runStatusNow } from './at-rest.ts';
import { failedBatches, isOpenEnded, type RunCounts } from './run-summary.ts';
import type { RunStatus } from './status.ts';
import type { RunStatusAsShown, WaitsFor } from './waits-for.ts';

/* The one form in which a run is shown, by the command line and by the Studio. */

/** A run as its rows say, whether or not some process works on it. */
export interface StoredRun {
  readonly run: number;
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  /** As its process last wrote it. */
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Time worked on it, up to its end or to the last sign of life. */
  readonly activeMs: number;
  readonly sessionStartedAt: number;
  /** Null while the session goes on, or when its process has gone without a word. */
  readonly sessionEndedAt: number | null;
  /** The last sign of life of the process that holds it, or held it until it went without a word. */
  readonly heartbeat: number | null;
  readonly demo: 0 | 1;
  /** It has paused itself, because nothing was left to do but to wait for people or events. */
  readonly rests?: 0 | 1;
  /** How many steps wait for a person, whether or not the run has ended meanwhile. */
  readonly approvals?: number;
  /** How many steps wait for an event. */
  readonly events?: number;
  /** The run that it is a part of: a step of that has started it. */
  readonly partOf?: number | null;
}

/** A run as its rows say, with whether some process works on it at this moment. */
export interface ObservedRun extends StoredRun {
  readonly live: boolean;
}

export interface RunAsShown extends RunCounts, RunStatusAsShown {
  readonly run: number;
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  readonly status: RunStatus;
  readonly reason: string | undefined;
  /** The run that it is a part of. */
  readonly partOf?: number;
  /** Its steps are slowed down, some of its failures are made, and its effects are only pretended. */
  readonly demo: boolean;
  /** With those inside others that tolerated it, which `batches` does not count: what a re-run of the failed ones would touch. */
  readonly failedBatches: number;
  /** Whether the totals may still grow: a source that does not know its length has not ended. */
  readonly isOpenEnded: boolean;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Milliseconds in which some process has worked on it. */
  readonly activeMs: number;
}

/**
 * @param counts Those of this moment: at rest, when nobody works on the run.
 * @param loss Why its process ended, where that could not be written into the store.
 */
export function runAsShown(run: ObservedRun, counts: RunCounts, now: number, loss?: string): RunAsShown {
  const status = runStatusNow(run.status, run.live);
  const waitsFor = waitsForOf(status, run);
  return {
    ...(waitsFor && { waitsFor }),
    ...(typeof run.partOf === 'number' && { partOf: run.partOf }),
    ...(run.rests === 1 && status === 'paused' && { rests: true }),
    run: run.run,
    workflow: run.workflow,
    name: run.name,
    file: run.file,
    status,
    reason: run.reason ?? (status === 'interrupted' ? (loss ?? 'its process ended') : undefined),
    demo: run.demo === 1,
    items: counts.items,
    batches: counts.batches,
    nodes: counts.nodes,
    failedBatches: failedBatches(counts.nodes),
    isOpenEnded: isOpenEnded(counts.nodes),
    startedAt: run.startedAt,
    endedAt: run.endedAt ?? undefined,
    activeMs: activeMs(run, now),
  };
}

/** In a run that has ended, nothing waits any more. */
function waitsForOf(status: RunStatus, { approvals = 0, events = 0 }: StoredRun): WaitsFor | undefined {
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled';
  return isOver || approvals + events === 0 ? undefined : { approvals, events };
}

/**
 * Milliseconds in which some process has worked on a run: of one that went without a word, up to its last sign of life. Its
 * process measures them; only since then, the clocks of two processes have to be compared.
 */
function activeMs({ live, activeMs: measured, heartbeat }: ObservedRun, now: number): number {
  return live ? measured + Math.max(0, now - (heartbeat ?? now)) : measured;
}

/** Until when some process has worked on a run: what has no end on record is shown as if it had ended then. */
export function activeUntil(
  { live, sessionEndedAt, endedAt, heartbeat, sessionStartedAt }: ObservedRun,
  now: number,
): number {
  return live ? now : Math.max(sessionStartedAt, sessionEndedAt ?? endedAt ?? heartbeat ?? sessionStartedAt);
}
