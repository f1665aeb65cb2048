import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Arguments } from './arguments.ts';
import { fromCaller, toCaller } from './caller-paths.ts';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage.ts';

/** The folder that `studio` or `serve` is to show: the one that was named, or the caller's. @throws UsageError */
export function workspaceFolder({ operand, values }: Arguments, command: 'studio' | 'serve'): string {
  if (values.store !== undefined)
    throw new UsageError(
      `cronflow ${command} shows a folder with the runs that are stored in it, in .cronflow/runs.db. It has no option --store.`,
    );
  const folder = fromCaller(operand === '' ? '.' : operand);
  if (!existsSync(folder))
    throw new UsageError(
      `There is no folder ${folder}. Create a new workspace there with: cronflow new ${shellWord(operand)}`,
    );
  if (!statSync(folder).isDirectory())
    throw new UsageError(
      `${folder} is a file. Open its folder with: cronflow ${command} ${shellWord(toCaller(path.dirname(folder)))}`,
    );
  return folder;
}
