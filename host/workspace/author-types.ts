import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ownTypes } from '../../engine/own-file.ts';
import { writeInside } from '../../engine/inside-folder.ts';
import { readRegularFile } from '../../engine/regular-file.ts';

/** Where the types of 'cronflow' for the editor are, in a workspace. */
export const TYPES_FILE = '.cronflow/types/cronflow.d.ts';

/** The engine's files with the types for authors. They contain nothing but types. */
const PARTS = ['context-types', 'flow-types', 'types'] as const;

/**
 * The types of 'cronflow' as one file that declares the module, so that an editor needs no package. In a checkout they
 * come from the engine's sources, in an installation from the declarations beside its built files.
 */
async function authorTypes(): Promise<string> {
  const typesOf = async (module: string) => withoutImports(await readFile(ownTypes(module), 'utf8'));
  const parts = await Promise.all(PARTS.map(part => typesOf(`engine/workflow/${part}`)));
  return [
    "// The types of 'cronflow', for your editor. Cronflow writes this file again when it is updated: changes made here are lost.",
    "declare module 'cronflow' {",
    ...parts,
    '/** Where every workflow file begins: `cronflow.define({ id })`, and then its steps. */',
    'export const cronflow: Cronflow;',
    'export default cronflow;',
    '}',
    "declare module 'cronflow/testing' {",
    await typesOf('engine/testing/types'),
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
