import { counted, type Unit } from './format.ts';
import { hasBatches, hasRounds, partOf } from './node-kinds.ts';

/**
 * Stored work of a node that today's file does not have as it was, with what a user has to know to say what becomes of it.
 */
export interface ChangedWork {
  readonly path: string;
  readonly kind: string;
  readonly now: 'gone' | 'another kind' | 'another member' | 'lost way';
  /** Of an `if`: the name of the way that it took, and that is gone. */
  readonly way?: string | undefined;
  /** What stands at its path now. */
  readonly kindNow?: string | undefined;
  /** Its batches, or the rounds of a while. */
  readonly batches: { readonly all: number; readonly succeeded: number };
  /** Its results: where it stands in a batch, one for each batch. */
  readonly results: number;
  /** What it may be in the file under another name: paths of nodes, or names of ways. */
  readonly candidates: readonly string[];
}

/** What was renamed, as an answer names it: the way, or the node. */
export function nameBefore({ path, way }: ChangedWork): string {
  return way ?? path;
}

const ROUND: Unit = ['round', 'rounds'];
const RESULT: Unit = ['result', 'results'];

/** What is stored of it: `6 batches, 5 succeeded`. */
export function storedWorkText({ kind, batches, results }: ChangedWork): string {
  if (!hasBatches(kind) && !hasRounds(kind)) return counted(results, RESULT);
  const all = counted(batches.all, hasRounds(kind) ? ROUND : partOf(kind));
  return `${all}, ${batches.succeeded} succeeded`;
}
