import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import { ChoiceError } from './choose-workflow.ts';

/**
 * Where the workflow file of a run is now: at its old path, or, when the folder was moved or copied together with the
 * store, at the same path relative to the store. @throws ChoiceError when it is neither
 */
export function whereIsFile({ id, file }: { readonly id: number; readonly file: string }, store: string): string {
  if (existsSync(file)) return file;
  const beside = path.dirname(store);
  const folder = path.basename(beside) === '.cronflow' ? path.dirname(beside) : beside;
  const parts = file.split(/[\\/]+/);
  // The longest first: of several workflow files with the same name it is the one with the same path.
  for (let from = 1; from < parts.length; from++) {
    const moved = path.join(folder, ...parts.slice(from));
    if (statSync(moved, { throwIfNoEntry: false })?.isFile()) return moved;
  }
  throw new ChoiceError(told`The workflow file of run ${id} is gone: ${file}. If it was moved, ${NEXT.moveFile}.`);
}
