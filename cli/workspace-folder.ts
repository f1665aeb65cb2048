import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { text, type Arguments } from './arguments.ts';
import { fromCaller, toCaller } from './caller-paths.ts';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage.ts';

/** The folder that `studio` or `serve` is to show: the one that was named, or the caller's. @throws UsageError */
export function workspaceFolder({ operand }: Arguments, command: 'studio' | 'serve'): string {
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

/** The store of `--store`, which need not be there yet. @throws UsageError */
export function namedStore({ values }: Arguments): string | undefined {
  const named = text(values.store);
  if (named === undefined) return undefined;
  const file = fromCaller(named);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(
      `${file} is a folder. --store names the database file, such as ${path.join(file, 'runs.db')}.`,
    );
  return file;
}
