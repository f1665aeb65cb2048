import { elementsOf, type ArrayPages } from '../store/array-pages.ts';
import { isInPages } from '../store/output-pages.ts';
import type { Writer } from '../store/records.ts';
import type { Run } from './run.ts';
import { Checkpoint } from './scope.ts';

/* Outputs in pages, of which no more is in memory than is asked for. */

/** Its pages are in memory until they are stored; from then on they are read when the output is asked for. */
export function checkpointInPages(
  { journal, stored }: Pick<Run, 'journal' | 'stored'>,
  { scope, node, attempt }: Writer,
  output: ArrayPages,
): Checkpoint {
  let unstored: ArrayPages | undefined = output;
  const forget = () => {
    unstored = undefined;
  };
  // Of a run whose checkpoints cannot be stored, nothing is read any more.
  journal.committed().then(forget, forget);
  return new Checkpoint(node, attempt, () =>
    unstored ? elementsOf(unstored.pages) : stored.steps.valueOf(scope, { node, attempt }),
  );
}

/** @param output As its row has it */
export function storedCheckpoint(
  { stored }: Pick<Run, 'stored'>,
  { scope, node, attempt }: Writer,
  output: string,
): Checkpoint {
  const isLarge = isInPages(output);
  return new Checkpoint(node, attempt, isLarge ? () => stored.steps.valueOf(scope, { node, attempt }) : output);
}
