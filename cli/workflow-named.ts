import { existsSync } from 'node:fs';
import path from 'node:path';
import { scanFolder } from '../engine/load/folder-scan.ts';
import { inspectFile } from '../engine/runner/inspect-file.ts';
import { fromCaller, toCaller } from './caller-paths.ts';
import { nearest } from '../engine/workflow/nearest.ts';
import { UsageError } from './usage.ts';

export interface NamedWorkflow {
  readonly file: string;
  readonly workflow: string | undefined;
}

/** A file's name ends in what says so, or has a folder before it. */
const FILE = /[/\\]|\.[mc]?[jt]s$/;

/**
 * The workflow that a person names: by its file, or by its id, which is looked for in the files of the folder.
 * @param workflow Which of the file's workflows
 * @throws UsageError when no file has it, or several do
 */
export async function workflowNamed(operand: string, workflow: string | undefined): Promise<NamedWorkflow> {
  const file = fromCaller(operand);
  if (FILE.test(operand) || existsSync(file)) return { file, workflow };
  const folder = fromCaller('.');
  const found = await workflowsOf(folder);
  const files = found.filter(({ ids }) => ids.includes(operand)).map(entry => entry.file);
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) return { file: first, workflow: operand };
  if (first !== undefined)
    throw new UsageError(
      `${files.map(toCaller).join(' and ')} have a workflow ${JSON.stringify(operand)}. Name one of these files.`,
    );
  const near = nearest(
    operand,
    found.flatMap(({ ids }) => ids),
  );
  throw new UsageError(
    `There is no file ${JSON.stringify(operand)} here, and no workflow of that id. ${near === undefined ? 'Name a workflow file.' : `Did you mean ${near}?`}`,
  );
}

/** The workflows of a folder's files. What cannot be loaded is not named by an id. */
async function workflowsOf(folder: string): Promise<{ readonly file: string; readonly ids: readonly string[] }[]> {
  // The parser takes a while to load, and whoever names a file does not need it.
  const { lookAtSource } = await import('../engine/load/look-at-source.ts');
  const found: { file: string; ids: readonly string[] }[] = [];
  for (const file of scanFolder(folder).files) {
    if ((await lookAtSource(file)).kind !== 'workflow') continue;
    const inspected = await inspectFile(file).done;
    if (inspected.ok) found.push({ file: path.resolve(file), ids: inspected.graphs.map(({ id }) => id) });
  }
  return found;
}
