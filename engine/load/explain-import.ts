import { statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';

import { codeFrameOf } from './code-frame.ts';
import { describeError, readString } from './describe.ts';
import { foldersUp } from './folders-up.ts';
import { findImport, type ImportSite } from './imports.ts';
import { LoadError } from './load-error.ts';
import { nearNames } from './near-names.ts';
import { absolutePath, isLibraryFile, shownPath, shownLocation } from '../paths.ts';
import { readRegularFileSync } from '../regular-file.ts';
import { isFile } from './file-types.ts';
import { isRelative, resolveRelative } from './resolve.ts';
import type { SourceFile } from './sources.ts';
import { tsconfigFor, type Tsconfig, type UnreadableTsconfig } from './tsconfig.ts';

/** An import that led nowhere: names the importing file and line, and what would make it work. */
export function explainImport(
  site: ImportSite,
  error: unknown,
  entry: string,
  sources: readonly SourceFile[],
): LoadError {
  const { specifier, importer } = site;
  const text = sources.find(({ path }) => path === importer)?.text;
  const at = text === undefined ? undefined : findImport(text, specifier);
  return new LoadError(
    'import',
    `${shownLocation(importer, at?.line)} imports "${specifier}", ${whatIsWrong(site, error, entry)}`,
    {
      file: importer,
      ...at,
      codeFrame: codeFrameOf(importer, sources, at?.line, at?.column),
      cause: error,
    },
  );
}

/** An export that the imported file does not have. */
export function explainMissingExport(error: unknown, sources: readonly SourceFile[]): LoadError | undefined {
  const message = readString(error, 'message') ?? '';
  const esm = /^The requested module '(.+)' does not provide an export named '(.+)'/.exec(message);
  const cjs = /^Named export '(.+)' not found\. The requested module '(.+)' is a CommonJS module/.exec(message);
  const [, from, name] = esm ?? (cjs === null ? [] : [cjs[0], cjs[2], cjs[1]]);
  const place = headPlace(error);
  if (from === undefined || name === undefined || place === undefined) return undefined;

  const { file, line } = place;
  const nextStep =
    from === 'cronflow'
      ? "Of values it exports `cronflow` alone: write `import { cronflow } from 'cronflow'`; for a type, `import type { … }`."
      : name === 'default'
        ? `It has no default export: write \`import { … } from '${from}'\`.`
        : `Export it there; if it is a type, write \`type ${name}\` where it is imported or re-exported.`;
  return new LoadError(
    'import',
    `${shownLocation(file, line)} imports "${name}" from "${from}", which does not export it. ${nextStep}`,
    {
      file,
      line,
      codeFrame: codeFrameOf(file, sources, line),
      cause: error,
    },
  );
}

/**
 * Where code could not be compiled or linked: Node puts it above the error's name, in a stack that has no frame of the
 * user's.
 */
export function headPlace(error: unknown): { file: string; line: number } | undefined {
  const [, place = '', line] = /^(.+):(\d+)\r?\n/.exec(readString(error, 'stack') ?? '') ?? [];
  const file = absolutePath(place);
  return file === undefined ? undefined : { file, line: Number(line) };
}

/** What comes after `flow.ts:1 imports "left-pad", `. */
function whatIsWrong({ specifier, importer }: ImportSite, error: unknown, entry: string): string {
  const code = readString(error, 'code');
  if (code === 'ERR_IMPORT_ATTRIBUTE_MISSING') {
    return `which needs to say that it is JSON. Write \`import … from '${specifier}' with { type: 'json' }\`.`;
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `but ${extname(specifier) || 'such'} files can't be imported. Read it with node:fs instead.`;
  }
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT') return 'which is a folder without an index.ts. Name the file in it.';
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') {
    return `which can't be loaded: ${describeError(error).message}`;
  }
  if (isRelative(specifier) || absolutePath(specifier) !== undefined) return noSuchFile(specifier, importer);
  return noSuchPackage(specifier, importer, entry);
}

/** A name that an entry of `paths` maps to files, none of which is there. */
function noSuchMappedFile(specifier: string, mapping: string, tsconfig: Tsconfig): string {
  const candidates = tsconfig.candidates(specifier);
  const near = candidates.flatMap(path =>
    nearNames(basename(path), dirname(path)).map(name => shownPath(join(dirname(path), name))),
  );
  const files = candidates.map(shownPath).join(' or ');
  const nextStep =
    near.length === 0 ? 'Correct the import or the mapping, or create the file.' : `Did you mean ${near.join(' or ')}?`;
  return `which ${shownPath(tsconfig.path)} maps to ${files} (${mapping}), but there is no such file. ${nextStep}`;
}

function noSuchFile(specifier: string, importer: string): string {
  const path = absolutePath(specifier) ?? resolve(dirname(importer), specifier);
  const near = nearNames(basename(path), dirname(path)).map(
    name => `"${specifier.slice(0, specifier.lastIndexOf('/') + 1)}${name}"`,
  );
  return `but there is no such file. ${near.length === 0 ? 'Correct the path, or create the file.' : `Did you mean ${near.join(' or ')}?`}`;
}

function noSuchPackage(specifier: string, importer: string, entry: string): string {
  if (
    resolveRelative(`./${specifier}`, importer, 'require') !== undefined ||
    isFile(resolve(dirname(importer), specifier))
  ) {
    return `which is looked for among the installed packages. Write "./${specifier}" for the file beside it.`;
  }
  const tsconfig = isLibraryFile(importer) ? undefined : tsconfigFor(importer);
  const name = packageName(specifier);
  if (tsconfig !== undefined && !('problem' in tsconfig)) {
    const mapping = tsconfig.mapping(specifier);
    // A mapping of all names (`*`) is for types as a rule: what it does not find is most likely a package.
    if (mapping !== undefined && (name === undefined || !mapping.startsWith('"*":')))
      return noSuchMappedFile(specifier, mapping, tsconfig);
  }
  if (name === undefined) return `which is not the name of a package, and ${noMapping(tsconfig)}`;
  // For a library's own missing dependency the package.json that counts is still the user's.
  const from = isLibraryFile(importer) ? entry : importer;
  if (isInstalled(name, dirname(importer))) {
    return specifier === name
      ? `which is installed without the file that it starts with. Install it anew: npm install ${name}`
      : `but the installed package "${name}" has no such file. Check the path in its documentation.`;
  }
  const folder = projectFolder(dirname(from)) ?? dirname(entry);
  return isDeclared(name, folder)
    ? `which package.json names but which is not installed. Run \`npm install\` in ${shownPath(folder)}.`
    : `which is not installed. Run \`npm install ${name}\` in ${shownPath(folder)}.`;
}

function noMapping(tsconfig: Tsconfig | UnreadableTsconfig | undefined): string {
  if (tsconfig === undefined) return 'there is no tsconfig.json whose "paths" could map it. Write a relative path.';
  const file = shownPath(tsconfig.path);
  if ('problem' in tsconfig)
    return `${file}, whose "paths" could map it, cannot be read: ${tsconfig.problem}. Correct that file.`;
  return `"paths" in ${file} do not map it. Map it there, or write a relative path.`;
}

/**
 * `@scope/name/file` is in the package `@scope/name`; undefined for what npm would not accept as a name (`@/lib`,
 * `~/lib`, `#lib`).
 */
function packageName(specifier: string): string | undefined {
  return /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9][\w.~-]*(?=\/|$)/i.exec(specifier)?.[0];
}

function isInstalled(name: string, folder: string): boolean {
  return foldersUp(folder).some(parent => exists(join(parent, 'node_modules', name)));
}

function projectFolder(folder: string): string | undefined {
  return foldersUp(folder).find(parent => isFile(join(parent, 'package.json')));
}

function isDeclared(name: string, folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readRegularFileSync(join(folder, 'package.json')));
    return ['dependencies', 'devDependencies', 'optionalDependencies'].some(list => {
      const entries: unknown = Reflect.get(Object(manifest), list);
      return typeof entries === 'object' && entries !== null && Object.hasOwn(entries, name);
    });
  } catch {
    // No package.json, or one that npm will complain about itself: then it names nothing.
    return false;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
