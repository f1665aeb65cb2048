import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { isLibraryFile } from '../paths.ts';
import { isFile, isTypeScript } from './file-types.ts';

export function isRelative(specifier: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(specifier);
}

/**
 * What a relative import means to a TypeScript author where Node's own rule says something else or nothing: `./helper`
 * is helper.ts, `./helper.js` is helper.ts when there is one, `./lib` is lib/index.ts. Returns undefined where Node's
 * own rule is right.
 */
export function resolveRelative(specifier: string, importer: string, syntax: 'import' | 'require'): string | undefined {
  const asPath = { path: resolve(dirname(importer), specifier), query: '' };
  if (syntax === 'import') {
    const asUrl = readAsUrl(specifier, importer);
    if (asUrl !== undefined) {
      if (isFile(asUrl.path) && !isReplaced(asUrl.path, importer)) return undefined;
      const found = findFile(asUrl.path, importer);
      if (found !== undefined) return urlOf(found, asUrl.query);
    }
    // To Node `./50% off#1.ts` is a URL, and a broken one; to its author it is the name of the file.
    const found = findFile(asPath.path, importer);
    return found === undefined ? undefined : urlOf(found, '');
  }
  const found = findFile(asPath.path, importer);
  return found === undefined || found === asPath.path ? undefined : urlOf(found, '');
}

/**
 * The file that a name stands for by `paths` or `baseUrl` of a tsconfig.json, given the paths that it may have;
 * undefined where none of them is there, or only types are.
 */
export function resolveMapped(candidates: readonly string[], importer: string): string | undefined {
  for (const candidate of candidates) {
    const found = isTypesOnly(candidate) ? undefined : (findFile(candidate, importer) ?? packageFile(candidate));
    if (found !== undefined) return urlOf(found, '');
  }
  return undefined;
}

function isTypesOnly(path: string): boolean {
  return /\.d\.[mc]?ts$/i.test(path);
}

/** The file that a package of the author's own starts with. What is installed is Node's to find. */
function packageFile(folder: string): string | undefined {
  if (isLibraryFile(folder) || !isFile(join(folder, 'package.json'))) return undefined;
  try {
    return createRequire(join(folder, 'package.json')).resolve(folder);
  } catch {
    // Its "main" is not there. It may be installed as well, where Node then finds it.
    return undefined;
  }
}

function readAsUrl(specifier: string, importer: string): { path: string; query: string } | undefined {
  try {
    const url = new URL(specifier, pathToFileURL(importer));
    return { path: fileURLToPath(url), query: url.search + url.hash };
  } catch {
    // `%` with no two hex digits behind it: not a URL, so it can only be meant as a path.
    return undefined;
  }
}

// Node knows a module by its real path; under another one it would be loaded a second time.
function urlOf(path: string, query: string): string {
  return pathToFileURL(realpathSync(path)).href + query;
}

const typescriptFor: Record<string, string[]> = {
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
  '.jsx': ['.tsx'],
};
const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * In a TypeScript file `./a.js` is a.ts even when both exist, as for tsc: the .js beside it is what an earlier build
 * left behind. In a JavaScript file the file that is named goes first.
 */
function findFile(path: string, importer: string): string | undefined {
  const candidates = [
    ...(isTypeScript(importer) ? [...typescriptSiblings(path), path] : [path, ...typescriptSiblings(path)]),
    ...extensions.map(extension => path + extension),
    ...extensions.map(extension => join(path, `index${extension}`)),
  ];
  return candidates.find(isFile);
}

function isReplaced(path: string, importer: string): boolean {
  return isTypeScript(importer) && typescriptSiblings(path).some(isFile);
}

function typescriptSiblings(path: string): string[] {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return (typescriptFor[extension] ?? []).map(other => stem + other);
}
