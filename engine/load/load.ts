import { pathToFileURL } from 'node:url';

import { findEntry } from './entry.ts';
import { explain } from './explain.ts';
import { loadedFiles } from './hooks.ts';
import { LoadError } from './load-error.ts';
import { shownPath } from '../paths.ts';
import { settled } from './settle.ts';
import { hashOfCode, type SourceFile } from './sources.ts';

export { LoadError, type LoadErrorKind } from './load-error.ts';
export type { SourceFile } from './sources.ts';

export interface LoadedFile<Workflow> {
  /** Absolute, with symbolic links followed: the path that stacks and `sources` have. */
  file: string;
  /** In the order in which they were defined. */
  workflows: Workflow[];
  /** The file and the user's own files that it imports, as they were when they were loaded. */
  sources: SourceFile[];
  /** Changes when any of the sources does. */
  codeHash: string;
}

interface LoadOptions<Workflow> {
  /** Hands over the workflows that were defined since it was last asked (engine/workflow/registry.ts). */
  takeDefinitions: () => Workflow[];
  /** How long the file's own code may take until it is loaded. 30 s unless told otherwise. */
  timeoutMs?: number;
}

let loadedBefore: string | undefined;

/**
 * Loads a workflow file. Call `installHooks` first. Once per process: Node keeps every module that it has loaded, so a
 * second call would see neither edits nor the workflows of a module that both files import. To reload, start another
 * process.
 *
 * Whatever is wrong with the file, it rejects with a `LoadError`.
 */
export async function loadWorkflows<Workflow>(
  file: string,
  { takeDefinitions, timeoutMs = 30_000 }: LoadOptions<Workflow>,
): Promise<LoadedFile<Workflow>> {
  const entry = findEntry(file);
  if (loadedBefore !== undefined)
    throw new Error(`This process has loaded ${loadedBefore} already; load ${entry} in a new one.`);
  loadedBefore = entry;

  try {
    await settled(import(pathToFileURL(entry).href), timeoutMs);
  } catch (error) {
    throw explain(error, entry, loadedFiles());
  }

  const workflows = takeDefinitions();
  if (workflows.length === 0) {
    throw new LoadError(
      'no-workflow',
      `${shownPath(entry)} defines no workflow. Add one with cronflow.define({ id: '…', name: '…' }), or name the file that has it.`,
      { file: entry },
    );
  }
  const sources = loadedFiles();
  return { file: entry, workflows, sources, codeHash: hashOfCode(entry, sources) };
}
