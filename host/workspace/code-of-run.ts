import path from 'node:path';
import type { Graph } from '../../common/graph.ts';
import { findEntry } from '../../engine/load/entry.ts';
import { lookAtSource } from '../../engine/load/look-at-source.ts';
import { chooseWorkflow } from '../../engine/runner/choose-workflow.ts';
import { whereIsFile } from '../../engine/runner/moved-file.ts';
import type { Problem, RunItem } from '../api/api.ts';
import { problemOf } from '../api/outcomes.ts';

/**
 * The workflow of a run as its file is now. `missing`: a re-run would be refused, for this reason. `unknown`: files are being
 * loaded, are not trusted, or lie elsewhere.
 */
export type CodeOfRun =
  | { readonly kind: 'drawn'; readonly graph: Graph }
  | { readonly kind: 'missing'; readonly problem: Problem }
  | { readonly kind: 'unknown' };

export interface KnownCode {
  readonly folder: string;
  readonly storeFile: string;
  /** What the workflow files of the folder define, by absolute path; undefined as long as that is not known. */
  readonly files:
    | ReadonlyMap<string, { readonly graphs: readonly Graph[]; readonly problem: Problem | undefined }>
    | undefined;
  /** The one file that defines a workflow of this id. */
  readonly fileOf: (workflow: string) => string | undefined;
}

/** A run's workflow is looked for where the re-run itself looks for it. */
export async function codeOfRun(
  known: KnownCode,
  item: Pick<RunItem, 'run' | 'file' | 'workflow'>,
): Promise<CodeOfRun> {
  try {
    const file = fileOfRun(known, item);
    if (file === undefined) return { kind: 'unknown' };
    const there = known.files?.get(file);
    const name = path.relative(known.folder, file);
    // Of what is no file of code, the re-run's own refusal says more than that there is no workflow in it.
    if (!there) findEntry(file);
    if (!known.files) return { kind: 'unknown' };
    // A file that does not import `cronflow` any more, or that lies outside of what is looked at here.
    if (!there && (await lookAtSource(file)).kind !== 'other') return { kind: 'unknown' };
    if (there?.problem) return { kind: 'missing', problem: there.problem };
    const workflows = there?.graphs ?? [];
    return { kind: 'drawn', graph: chooseWorkflow({ file: name, workflows }, item.workflow) };
  } catch (error) {
    return { kind: 'missing', problem: problemOf(error) };
  }
}

/** Undefined where it is gone, and it isn't known yet where it may have gone to. @throws ChoiceError when it is gone */
function fileOfRun(
  known: KnownCode,
  { run, file, workflow }: Pick<RunItem, 'run' | 'file' | 'workflow'>,
): string | undefined {
  try {
    return whereIsFile({ id: run, file: path.resolve(known.folder, file) }, known.storeFile);
  } catch (error) {
    if (!known.files) return undefined;
    const moved = known.fileOf(workflow);
    if (moved === undefined) throw error;
    return moved;
  }
}
