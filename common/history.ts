/*
 * What a run was at every moment of it, as the store knows it: when the attempts of its batches and steps began and ended, and
 * what they came to. Times are whole `unit`s since the run began, so that a million batches are a few numbers each.
 */

/** In the place of a time: it has not come. */
export const NEVER = 2 ** 32 - 1;

/** Attempts before the latest ones, in the order in which they began. */
export interface EarlierAttempts {
  /** Which batch, or which step. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** NEVER: it ended without having begun. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** What each came to, a BatchStatus, and was until `until`: then it waits for what follows. */
  readonly statuses: Uint8Array<ArrayBuffer>;
  /** NEVER: until the next attempt begins. */
  readonly until: Uint32Array<ArrayBuffer>;
  /** Why it failed: from 1, a place in `RunHistory.causes`; 255 for one that is not listed; 0: it has not failed. */
  readonly causes: Uint8Array<ArrayBuffer>;
}

/** The batches of a node, or the executions of a step. */
export interface PartHistory {
  readonly of: 'batches' | 'steps';
  readonly node: number;
  readonly path: string;
  /** Whether the indices of its batches are those of the map; else they only count. */
  readonly isMapped: boolean;
  /** Of the latest attempt of each; NEVER where it has not begun. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** NEVER where it has not ended. One may end without having begun: it is cancelled. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** What each came to. */
  readonly statuses: Uint8Array<ArrayBuffer>;
  /** How many items each batch has now; empty for steps. */
  readonly items: Uint32Array<ArrayBuffer>;
  readonly earlier: EarlierAttempts;
  /** While it ran, it waited for the next attempt of a step in it. */
  readonly waits: {
    readonly indices: Uint32Array<ArrayBuffer>;
    readonly starts: Uint32Array<ArrayBuffer>;
    readonly ends: Uint32Array<ArrayBuffer>;
  };
  /** Why the latest attempts failed. */
  readonly failed: { readonly indices: Uint32Array<ArrayBuffer>; readonly causes: Uint8Array<ArrayBuffer> };
  /** Items that a batch went without, from a time up to another one. */
  readonly aside: {
    readonly indices: Uint32Array<ArrayBuffer>;
    readonly starts: Uint32Array<ArrayBuffer>;
    /** NEVER: it still does. */
    readonly ends: Uint32Array<ArrayBuffer>;
    readonly items: Uint32Array<ArrayBuffer>;
  };
}
