/* Types only: they are part of what editors are told of 'cronflow'. */

/**
 * How the batches of a node stand, in batches or in items. Always
 * `total = succeeded + failed + setAside + running + waiting + cancelled`; waiting includes batches that are not created
 * yet, where their number is known. A batch is set aside when all its items are.
 */
export interface Counts {
  total: number;
  succeeded: number;
  failed: number;
  setAside: number;
  running: number;
  waiting: number;
  cancelled: number;
}

export interface NodeProgress {
  readonly path: string;
  readonly batches: Counts;
  readonly items: Counts;
  /** False while a stream may still bring more. */
  complete: boolean;
}
