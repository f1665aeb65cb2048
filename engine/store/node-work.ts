import { BatchStatus } from '../../common/status.ts';
import type { RerunReader } from './rerun-reader.ts';

/** What stands stored of a node and is in use, where its scope is still to be executed. */
export interface NodeWork {
  /** Batches, or rounds of a while, in use. */
  readonly batches: { readonly all: number; readonly succeeded: number };
  /** The largest number of items in one of those that have not succeeded. */
  readonly mostItems: number;
  /** Its results: where it stands in a batch, one for each batch. */
  readonly results: number;
}

/** The work of a node of a run. Costs what the node has. */
export function workOf(stored: RerunReader, node: number): NodeWork {
  const isOpen = openScopes(stored);
  const batches = stored.batchesOf(node).filter(({ parent }) => isOpen(parent));
  const unfinished = batches.filter(({ status }) => status !== BatchStatus.succeeded);
  return {
    batches: { all: batches.length, succeeded: batches.length - unfinished.length },
    mostItems: unfinished.reduce((most, { items }) => Math.max(most, items), 0),
    results: stored.resultsOf(node).filter(({ scope }) => isOpen(scope)).length,
  };
}

/** What is executed again: the workflow itself, or a batch that waits. A batch that is done asks for nothing. */
function openScopes(stored: RerunReader): (scope: number) => boolean {
  const known = new Map<number, boolean>([[0, true]]);
  return scope => {
    const before = known.get(scope);
    if (before !== undefined) return before;
    const isOpen = stored.batch(scope)?.status === BatchStatus.waiting;
    known.set(scope, isOpen);
    return isOpen;
  };
}
