/* What starts a run by itself, as plain data: it is stored with the graph and sent to screens. */

export type TriggerKind = 'webhook' | 'schedule' | 'event' | 'interval' | 'manual';

/** It starts nothing, starts another run all the same, or waits its turn. */
export const OVERLAPS = ['skip', 'allow', 'queue'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface TriggerOptions {
  /** Of a schedule: an IANA time zone. @default that of the machine */
  readonly timezone?: string | undefined;
  /** Of a schedule or interval: what becomes of firings while nothing listened. @default 'skip' */
  readonly missed?: 'skip' | 'once' | undefined;
  /** What becomes of a firing while the run that it has started before is still running. */
  readonly overlap?: Overlap | undefined;
  /** Of a schedule or interval: what its runs are given. @default {} */
  readonly payload?: unknown;
  /** Of a webhook. @default 'POST' */
  readonly method?: string | undefined;
  /** Of a webhook: the name of the environment variable that has its secret. */
  readonly secretEnv?: string | undefined;
  /** Of a webhook: the largest body, in bytes. @default 1,000,000 */
  readonly maxBytes?: number | undefined;
}

/** Between the moment at which something was to start and now: what is later than that was missed. */
export const ON_TIME_MS = 60_000;

/** Whether a trigger fires at moments that can be told before. */
export function isTimed(kind: TriggerKind): kind is 'schedule' | 'interval' {
  return kind === 'schedule' || kind === 'interval';
}

/** A schedule skips a firing while the run before is still running; what comes from outside is never dropped for that. */
export function overlapOf(kind: TriggerKind, { overlap }: TriggerOptions = {}): Overlap {
  return overlap ?? (isTimed(kind) ? 'skip' : 'allow');
}
