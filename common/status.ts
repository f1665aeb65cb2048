/*
 * Statuses as the store holds them: one small integer each, so that a million batches can be read as a million bytes.
 * The numbers are part of the file format; add to them, never renumber.
 */

export const RUN_STATUSES = ['running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
/** Whether a run has come to an end of which nothing is resumed: what is left of it is for a re-run. */
export function isOver(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** What a run that is stopped before its end ends as. */
export type StopAs = Extract<RunStatus, 'cancelled' | 'paused' | 'interrupted'>;
/** What a person can stop a run as. */
export type AskedStop = Exclude<StopAs, 'interrupted'>;

export const BatchStatus = {
  /** Created and stored, not begun, or begun by a process that is gone. */
  waiting: 0,
  running: 1,
  succeeded: 2,
  failed: 3,
  cancelled: 4,
  /** Waits for its own next attempt (`retry` of the batch), or a step in it waits for its next one. */
  retrying: 5,
  /** Belonged to an earlier attempt of its node that a re-run began anew. Counted nowhere. */
  superseded: 6,
  /** All its items are set aside: there is nothing to execute. */
  setAside: 7,
} as const;
export type BatchStatus = (typeof BatchStatus)[keyof typeof BatchStatus];
export type BatchStatusName = keyof typeof BatchStatus;

export const StepStatus = {
  running: 1,
  succeeded: 2,
  failed: 3,
  cancelled: 4,
  /** Its process ended before it did. */
  interrupted: 5,
  /** Succeeded once; a re-run has taken its result out of use. The result stays readable. */
  superseded: 6,
} as const;
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];
export type StepStatusName = keyof typeof StepStatus;

/** All names, in the order of their numbers: `BATCH_STATUS_NAMES[BatchStatus.failed]` is 'failed'. */
export const BATCH_STATUS_NAMES = namesOf(BatchStatus);
export const STEP_STATUS_NAMES = namesOf(StepStatus);

const BATCH_NAMES = byNumber(BatchStatus);
const STEP_NAMES = byNumber(StepStatus);

export function batchStatusName(status: number): BatchStatusName {
  return BATCH_NAMES.get(status) ?? 'waiting';
}

export function stepStatusName(status: number): StepStatusName {
  return STEP_NAMES.get(status) ?? 'interrupted';
}

/** A status as people read it. */
export function statusWord(status: BatchStatusName | StepStatusName | RunStatus | 'skipped'): string {
  return status === 'setAside' ? 'set aside' : status;
}

/** Statuses of batches that a process is at work on, or will be again without being asked. */
export const IN_FLIGHT = [BatchStatus.running, BatchStatus.retrying] as const;
export type InFlightStatus = (typeof IN_FLIGHT)[number];
/** Statuses of batches that have come to an end, whatever it was. */
export const FINISHED = [
  BatchStatus.succeeded,
  BatchStatus.failed,
  BatchStatus.cancelled,
  BatchStatus.setAside,
] as const;

export function isInFlight(status: number): boolean {
  return (IN_FLIGHT as readonly number[]).includes(status);
}

export function isFinished(status: number): boolean {
  return (FINISHED as readonly number[]).includes(status);
}

function namesOf<K extends string>(statuses: Readonly<Record<K, number>>): readonly K[] {
  return (Object.keys(statuses) as K[]).toSorted((a, b) => statuses[a] - statuses[b]);
}

function byNumber<K extends string>(statuses: Readonly<Record<K, number>>): ReadonlyMap<number, K> {
  return new Map((Object.keys(statuses) as K[]).map(name => [statuses[name], name]));
}

/** What a status looks like without its colour. */
export const GLYPH: Readonly<Record<BatchStatusName | RunStatus | StepStatusName | 'skipped', string>> = {
  waiting: '·',
  running: '▶',
  succeeded: '✓',
  completed: '✓',
  failed: '✕',
  retrying: '↻',
  cancelled: '⊘',
  superseded: '↺',
  setAside: '◇',
  skipped: '–',
  paused: '‖',
  interrupted: '!',
};
