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

/** A workflow file, after another one of its folder has been loaded for it. */
export interface LoadedMore<Workflow> extends LoadedFile<Workflow> {
  /** The workflows of that. */
  readonly also: readonly Workflow[];
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

  await execute(entry, timeoutMs);
  const workflows = takeDefinitions();
  if (workflows.length === 0) {
    throw new LoadError(
      'no-workflow',
      `${shownPath(entry)} defines no workflow. Add one with cronflow.define({ id: '…', name: '…' }), or name the file that has it.`,
      { file: entry },
    );
  }
  return withSources({ file: entry, workflows });
}

/** Loads another file into the process of a workflow file, which runs a workflow of that. Rejects with a `LoadError`, too. */
export async function loadAlso<Workflow>(
  file: string,
  { file: entry, workflows }: LoadedFile<Workflow>,
  { takeDefinitions, timeoutMs = 30_000 }: LoadOptions<Workflow>,
): Promise<LoadedMore<Workflow>> {
  await execute(findEntry(file), timeoutMs);
  return { ...withSources({ file: entry, workflows }), also: takeDefinitions() };
}

async function execute(entry: string, timeoutMs: number): Promise<void> {
  try {
    await settled(import(pathToFileURL(entry).href), timeoutMs);
  } catch (error) {
    throw explain(error, entry, loadedFiles());
  }
}

function withSources<Workflow>(of: Pick<LoadedFile<Workflow>, 'file' | 'workflows'>): LoadedFile<Workflow> {
  const sources = loadedFiles();
  return { ...of, sources, codeHash: hashOfCode(of.file, sources) };
}
