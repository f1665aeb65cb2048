import { statSync } from 'node:fs';
import path from 'node:path';
import { safe } from '../../common/safe-text.ts';
import { problemOf } from '../../host/api/outcomes.ts';
import { dataFolder } from '../../host/data-folder.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { makeWorkspace } from '../../host/workspace/new-folder.ts';
import { parseArguments } from '../arguments.ts';
import { fromCaller, toCaller } from '../caller-paths.ts';
import { asTyped } from '../hints.ts';
import { shellWord } from '../shell-word.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';

/** `cronflow new`: creates a workspace with a first workflow. */
export async function newWorkspace(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'new', 'a folder');
  const folder = fromCaller(operand);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new UsageError(`${folder} is a file. cronflow new needs a folder.`);
  const made = await makeWorkspace(folder, new FolderTrust(dataFolder()), error => {
    const why = problemOf(error).message;
    process.stderr.write(
      `${safe(`Cronflow cannot store that it made this folder, so the Studio will ask whether you trust it: ${why}`)}\n`,
    );
  });
  if (values.json === true) {
    printEvent({ event: 'made', ...made });
    return 0;
  }
  const files = made.written.map(file => `  ${safe(toCaller(path.join(made.folder, file)))}\n`).join('');
  const run = `Run it with: cronflow run ${shellWord(toCaller(path.join(made.folder, made.file)))}`;
  const see = `See it with: cronflow studio ${shellWord(toCaller(made.folder))}`;
  process.stdout.write(`${files}\n${asTyped(`${run}\n${see}`)}\n`);
  return 0;
}
