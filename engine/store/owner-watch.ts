import { processes, type ProcessIdentities, type ProcessIdentity } from './process-identity.ts';

/**
 * How long an owner of which nothing can be told from here may give no sign of life. A living one gives one each
 * second, and is held up for no longer than another program may hold the store (BUSY_TIMEOUT_MS).
 */
export const LEASE_MS = 30_000;

/** A lease as it stands in the store. */
export interface HeldLease extends ProcessIdentity {
  readonly owner: string;
  /** Grows with each sign of life. It is a time of the owner's clock, which is not compared with the clock here. */
  readonly heartbeat: number;
}

/** - `uncertain`: there was no sign of life yet since it was first looked at, and too short a time to take it as gone. */
export type OwnerState = 'alive' | 'uncertain' | 'gone';

interface Seen {
  readonly heartbeat: number;
  /** Since when the heartbeat has been the same, on a clock of this process that nobody sets. */
  readonly since: number;
  /** It has changed before the eyes of this process. */
  readonly isHeard: boolean;
}

const MOST_GONE = 100_000;
const MOST_SEEN = 10_000;

/**
 * Tells whether the owners of runs are alive: by their processes, where those can be seen from here, and else by
 * whether their lease changes before the eyes of this process.
 */
export class OwnerWatch {
  readonly #identities: ProcessIdentities;
  readonly #now: () => number;
  /**
   * Owners whose process was found to be gone: it does not come back. A store may have thousands, and screens look every
   * second.
   */
  readonly #gone = new Set<string>();
  readonly #seen = new Map<string, Seen>();

  /** @param now Milliseconds on a clock that nobody sets. */
  constructor(identities: ProcessIdentities = processes, now: () => number = () => performance.now()) {
    this.#identities = identities;
    this.#now = now;
  }

  stateOf(held: HeldLease): OwnerState {
    const key = `${held.owner} ${held.host} ${held.pid} ${held.born ?? ''}`;
    if (this.#gone.has(key)) return 'gone';
    const before = this.#seen.get(key);
    const hasChanged = before !== undefined && before.heartbeat !== held.heartbeat;
    const verdict = this.#identities.check(held, hasChanged ? 'if-silent' : 'now-and-then');
    if (verdict === 'gone') {
      if (this.#gone.size >= MOST_GONE) this.#gone.clear();
      this.#gone.add(key);
      this.#seen.delete(key);
      return 'gone';
    }
    const now = this.#now();
    const seen =
      before && !hasChanged ? before : { heartbeat: held.heartbeat, since: now, isHeard: before !== undefined };
    if (seen !== before) {
      if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
      this.#seen.set(key, seen);
    }
    if (verdict === 'same') return 'alive';
    // It may have slept, and be back later: it is not remembered as gone.
    if (now - seen.since >= LEASE_MS) return 'gone';
    return seen.isHeard ? 'alive' : 'uncertain';
  }
}

/** What this process has seen of the owners of runs. */
export const owners = new OwnerWatch();
