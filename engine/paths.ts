import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeRoot, packageRoot } from './own-file.ts';

/** The folder of the engine's own code, with a separator at its end. */
export const engineFolder = fileURLToPath(new URL('engine/', codeRoot));

/**
 * Nothing in these belongs to a user, so it is never transformed, watched or shown in a stack. Once built, `bundled/`
 * holds most of the code, and what has a source map of it is said to lie in the checkout.
 */
const OWN_FOLDERS = [
  engineFolder,
  ...['common/', 'bundled/'].map(folder => fileURLToPath(new URL(folder, codeRoot))),
  ...['engine', 'common', 'bin'].map(folder => join(packageRoot, folder, sep)),
];

export function isEngineFile(path: string): boolean {
  return OWN_FOLDERS.some(folder => path.startsWith(folder));
}

/** Installed code. Check `isEngineFile` first: once installed, the engine lies under node_modules too. */
export function isLibraryFile(path: string): boolean {
  return path.includes(`${sep}node_modules${sep}`);
}

export function isUserFile(path: string): boolean {
  return !isEngineFile(path) && !isLibraryFile(path);
}

/** The absolute path that a `file:` URL or a path stands for; undefined for `node:fs`, `data:`, `<anonymous>`, `[eval]`. */
export function absolutePath(place: string): string | undefined {
  if (!place.startsWith('file:')) return isAbsolute(place) ? place : undefined;
  try {
    return fileURLToPath(place);
  } catch {
    // Stacks and loaders can carry file: URLs that stand for no path here: another host's, or `%2F` in a name.
    return undefined;
  }
}

let shownFrom: string | undefined;

/** Messages go on to name paths from this folder, where this process moves to another. */
export function showPathsFrom(folder: string): void {
  shownFrom = folder;
}

/** How a path is written in a message: from the current folder when it lies in it, otherwise in full. */
export function shownPath(path: string): string {
  const short = relative(shownFrom ?? process.cwd(), path);
  return short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short) ? path : short;
}

/** `lib/helper.ts:3:7`, as terminals and editors make it a link. */
export function shownLocation(file: string, line?: number, column?: number): string {
  return [shownPath(file), line, column].filter(part => part !== undefined).join(':');
}
