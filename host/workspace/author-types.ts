import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BATCH_STATUS_NAMES, RUN_STATUSES, STEP_STATUS_NAMES } from '../../common/status.ts';
import { ownTypes } from '../../engine/own-file.ts';
import { writeInside } from '../../engine/inside-folder.ts';
import { readRegularFile } from '../../engine/regular-file.ts';

/** Where the types of 'cronflow' for the editor are, in a workspace. */
export const TYPES_FILE = '.cronflow/types/cronflow.d.ts';

/** Our files with the types for authors. They contain nothing but types. */
const PARTS = [
  'common/counts-types',
  'engine/workflow/context-types',
  'engine/workflow/option-types',
  'engine/workflow/test-types',
  'engine/workflow/flow-types',
  'engine/workflow/types',
  'engine/program/shared-state-types',
  'engine/program/types',
] as const;

/** What those name of files that are not types only. */
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  RunStatus: RUN_STATUSES,
  BatchStatusName: BATCH_STATUS_NAMES,
  StepStatusName: STEP_STATUS_NAMES,
};

/**
 * The types of 'cronflow' as one file that declares the module, so that an editor needs no package. In a checkout they
 * come from our sources, in an installation from the declarations beside the built files.
 */
async function authorTypes(): Promise<string> {
  const typesOf = async (module: string) => withoutImports(await readFile(ownTypes(module), 'utf8'));
  const parts = await Promise.all(PARTS.map(typesOf));
  const testing = await typesOf('engine/testing/types');
  const names = [...Object.keys(STATUSES), 'Context', 'DefinedWorkflow', 'Duration', 'RunResult'];
  return [
    "// The types of 'cronflow', for your editor. Cronflow writes this file again when it is updated: changes made here are lost.",
    "declare module 'cronflow' {",
    ...Object.entries(STATUSES).map(
      ([name, values]) => `export type ${name} = ${values.map(value => `'${value}'`).join(' | ')};`,
    ),
    ...parts,
    '/** Where every workflow file begins: `cronflow.define({ id })`, and then its steps. */',
    'export const cronflow: CronflowProgram;',
    'export default cronflow;',
    'export const openStore: OpenStore;',
    'export const run: StartRun;',
    'export const resume: ResumeRun;',
    'export const rerun: RerunRun;',
    'export const cancel: CancelRun;',
    '/** A run did not begin. Its message says why and what to do. */',
    'export class RunRefused extends Error {}',
    '}',
    "declare module 'cronflow/test' {",
    `import type { ${names.join(', ')} } from 'cronflow';`,
    testing,
    'export const testRun: TestRun;',
    'export const executeBatch: ExecuteBatch;',
    '/** A value that cannot be written as code: in the text that Cronflow has of it in its store. */',
    'export const storedValue: (text: string) => unknown;',
    '}',
    '',
  ].join('\n');
}

/** Removes the imports between the parts, which are one module here. */
function withoutImports(text: string): string {
  return text
    .replace(/^(?:import|export) type (?:\*|\{[^}]*\}) from '[^']*';\n/gm, '')
    .replace(/^export \{\};\n/gm, '')
    .trim();
}

/** Writes the types into a workspace. @param onlyRenew Only if an earlier version of them is there. @throws LinkError */
export async function writeAuthorTypes(folder: string, { onlyRenew = false } = {}): Promise<void> {
  const file = path.join(folder, TYPES_FILE);
  const before = await readRegularFile(file).catch(() => undefined);
  if (onlyRenew && before === undefined) return;
  const types = await authorTypes();
  if (types === before) return;
  writeInside(folder, TYPES_FILE, types, { link: 'refuse' });
}
