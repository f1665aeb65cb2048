import { fileURLToPath, pathToFileURL } from 'node:url';
import type { NodePath, parseSync, traverse, types as t } from '@babel/core';
import { debugRunner } from '../../debug.ts';
import { isTypeScript } from '../file-types.ts';
import { requireLibrary } from '../libraries/require-library.ts';
import { isRelative, resolveMapped, resolveRelative } from '../resolve.ts';
import type { SourceFile } from '../sources.ts';
import { tsconfigFor } from '../tsconfig.ts';

export type Binding = NonNullable<ReturnType<NodePath['scope']['getBinding']>>;

/** The part of Babel that is used here. */
interface Babel {
  readonly parseSync: typeof parseSync;
  readonly traverse: typeof traverse;
}

/** A file of the user's, with what its names stand for. */
export interface ModuleFile {
  readonly path: string;
  readonly program: NodePath<t.Program>;
}

/** Undefined where Babel does not know a syntax that Node or oxc does: nothing is said of such a file. */
export function parseModule(source: SourceFile): ModuleFile | undefined {
  const { parseSync, traverse } = requireLibrary('babel') as Babel;
  const file = parsed(source, parseSync);
  if (!file) return undefined;
  let program: NodePath<t.Program> | undefined;
  traverse(file, {
    Program(found: NodePath<t.Program>) {
      program = found;
      found.stop();
    },
  });
  return program && { path: source.path, program };
}

function parsed({ path, text }: SourceFile, parse: typeof parseSync): t.File | null {
  try {
    return parse(text, {
      // Nothing of a configuration that the author has for other purposes.
      configFile: false,
      babelrc: false,
      browserslistConfigFile: false,
      sourceType: 'unambiguous',
      parserOpts: {
        plugins: [
          ...(isTypeScript(path) ? (['typescript'] as const) : []),
          ...(/x$/i.test(path) ? (['jsx'] as const) : []),
          'decorators-legacy',
        ],
      },
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    debugRunner('variables of %s are not looked at: %s', path, error.message);
    return null;
  }
}

/** The file that an import means, as the loader finds it; undefined where that is a package. */
export function importedFile(specifier: string, importer: string): string | undefined {
  const url = isRelative(specifier)
    ? (resolveRelative(specifier, importer, 'import') ?? new URL(specifier, pathToFileURL(importer)).href)
    : mapped(specifier, importer);
  return url && fileURLToPath(url);
}

function mapped(specifier: string, importer: string): string | undefined {
  const tsconfig = tsconfigFor(importer);
  return tsconfig && 'candidates' in tsconfig ? resolveMapped(tsconfig.candidates(specifier), importer) : undefined;
}
