import type { StoredError } from '../../../common/stored-error.ts';

/** Items that fail only together. */
export interface Together {
  /** In their order. */
  readonly items: readonly number[];
  readonly error: StoredError;
}

/** What a search for the items at fault has found so far. It may be read after every probe. */
export interface SearchResult {
  /** They fail alone, twice. */
  readonly atFault: Map<number, StoredError>;
  /** Which member of an item was read last before it failed, where that is known. */
  readonly members: Map<number, string>;
  /** They failed alone once, and passed once. */
  readonly flaky: Map<number, StoredError>;
  readonly together: Together[];
  /** More than so many fail, whichever they are. */
  limit: { readonly items: number; readonly error: StoredError } | undefined;
  /** Failures that could not be had again. */
  noise: number;
  /** An item that is known to be good fails alone: the body needs its whole batch. */
  needsWholeBatch: boolean;
  /** In a fresh process it is not so: the body keeps something from one probe to the next. */
  keepsState: boolean;
  /** Some probes have ended at an effect, which no probe executes: what comes after it is not known. */
  stopsAtEffect: boolean;
  probes: number;
  /** The batch without what was found passes. */
  isComplete: boolean;
}

export function nothingFound(): SearchResult {
  return {
    atFault: new Map(),
    members: new Map(),
    flaky: new Map(),
    together: [],
    limit: undefined,
    noise: 0,
    needsWholeBatch: false,
    keepsState: false,
    stopsAtEffect: false,
    probes: 0,
    isComplete: false,
  };
}
