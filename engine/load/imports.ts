import { readString } from './describe.ts';
import { linesOf, placeAfter } from './lines.ts';

/** An import as it is written in a file of the user's. */
export interface ImportSite {
  specifier: string;
  /** The absolute path of the file that holds it. */
  importer: string;
}

const sites = new Map<string, ImportSite>();
const failures = new WeakMap<object, ImportSite>();

/** Remembers who asked for a module first, so that a module that then can't be loaded is explained where it is imported. */
export function noteImport(url: string, site: ImportSite): void {
  if (!sites.has(url)) sites.set(url, site);
}

export function importSiteOf(url: string): ImportSite | undefined {
  return sites.get(url);
}

/**
 * Remembers which import an error is about. Node throws the very error that a hook threw, so a note beside it is
 * enough; the error itself stays as it is for a user who catches it (`try { await import('optional') } catch {}`).
 */
export function noteFailure(error: unknown, site: ImportSite): void {
  if (typeof error === 'object' && error !== null && !failures.has(error)) failures.set(error, site);
}

export function failedImport(error: unknown): ImportSite | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return failures.get(error) ?? importSiteOf(unknownBuiltin(error));
}

/** The one import that Node resolves and loads before it says that there is no such module. */
function unknownBuiltin(error: object): string {
  return /^No such built-in module: (.+)$/.exec(readString(error, 'message') ?? '')?.[1] ?? '';
}

/** Where in a file an import is written: the place of the quoted name. */
export function findImport(text: string, specifier: string): { line: number; column: number } | undefined {
  const name = specifier.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = new RegExp(`(?:\\bfrom\\s*|\\bimport\\s*\\(?\\s*|\\brequire\\s*\\(\\s*)(?=(['"\`])${name}\\1)`, 'g');
  for (const match of text.matchAll(written)) {
    const before = text.slice(0, match.index + match[0].length);
    const isComment = /^\s*(?:\/\/|\*|\/\*)/.test(linesOf(before).at(-1) ?? '');
    if (!isComment) return placeAfter(before);
  }
  return undefined;
}
