import { useEffect, useState } from 'react';
import type { Selection } from '../model/selection.ts';
import { batchName } from '../model/batch-name.ts';
import { api } from './host.ts';
import { studio, useStudio } from './studio.ts';

/*
 * What the author calls a batch of an outermost node. The map knows batches by their numbers only: their names are asked for one by one,
 * and stay known, because they never change.
 */

const known = new Map<string, Promise<string | undefined>>();
const MOST_KNOWN = 1_000;

/** Undefined where it has no name. */
export async function batchLabel(run: number, node: number, index: number): Promise<string | undefined> {
  // Another folder has other runs.
  const key = `${run} ${node} ${index} ${studio.getState().workspace?.folder}`;
  let asked = known.get(key);
  if (!asked) {
    asked = ask(run, node, index, () => known.delete(key));
    known.set(key, asked);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  }
  return await asked;
}

async function ask(run: number, node: number, index: number, forget: () => void): Promise<string | undefined> {
  const where = { ranges: [[index, index] as [number, number]] };
  let isKnown = false;
  try {
    const { rows } = await api().listBatches({ run, node, where, sort: 'index', offset: 0, limit: 1 });
    // One that is not created yet will have a name.
    isKnown = rows.length > 0;
    return rows[0]?.label;
  } finally {
    if (!isKnown) forget();
  }
}

/** What a batch of the open run is called, as soon as that is known; its number does until then. */
export function useBatchLabel(node: number | undefined, index: number | undefined): string | undefined {
  const run = useStudio(state => state.runId);
  const key = `${run} ${node} ${index}`;
  const [found, setFound] = useState<{ readonly key: string; readonly label: string | undefined }>();
  useEffect(() => {
    if (run === undefined || node === undefined || index === undefined) return undefined;
    let isLeft = false;
    batchLabel(run, node, index).then(
      label => {
        if (!isLeft) setFound({ key: `${run} ${node} ${index}`, label });
      },
      // Whoever shows a name has the number, too: a connection that is lost is told by others.
      () => undefined,
    );
    return () => {
      isLeft = true;
    };
  }, [run, node, index]);
  return found?.key === key ? found.label : undefined;
}

/** The only batch of a selection by its place. */
export function onlyBatchOf(selection: Selection | undefined): number | undefined {
  const [range] = selection?.where.ranges ?? [];
  return selection?.count === 1 && !selection.cause && !selection.why ? range?.[0] : undefined;
}

/** A selection of one batch says what that is called. */
export function named(selection: Selection, label: string | undefined): Selection {
  const index = onlyBatchOf(selection);
  return index === undefined ? selection : { ...selection, text: batchName(index, label) };
}
