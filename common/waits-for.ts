import { counted } from './format.ts';
import { statusWord, type RunStatus } from './status.ts';

/** How many steps of a run wait for people and events. */
export interface WaitsFor {
  readonly approvals: number;
  readonly events: number;
}

const APPROVAL = ['approval', 'approvals'] as const;
const EVENT = ['event', 'events'] as const;

/** What a run does at this moment, as people read it. */
export interface RunStatusAsShown {
  readonly status: RunStatus;
  /** Steps that wait for people and events; undefined: none does. */
  readonly waitsFor?: WaitsFor | undefined;
  /** It has paused itself, because nothing was left to do but to wait. */
  readonly rests?: boolean | undefined;
}

/** The status of a run in words: one that has paused itself says what for. */
export function runStatusWord({ status, waitsFor, rests }: RunStatusAsShown): string {
  if (status !== 'paused' || rests !== true) return statusWord(status);
  if (!waitsFor) return 'answered';
  return waitsFor.approvals > 0 ? 'waiting for approval' : 'waiting for an event';
}

/** `2 approvals and 1 event`. */
export function waitsForText({ approvals, events }: WaitsFor): string {
  return [
    ...(approvals > 0 ? [counted(approvals, APPROVAL)] : []),
    ...(events > 0 ? [counted(events, EVENT)] : []),
  ].join(' and ');
}
