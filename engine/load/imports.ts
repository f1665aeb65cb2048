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
 * Remembers which import an error is about. Node throws the very error that a hook threw, so a note beside it is enough; the error
 * itself stays as it is for a user who catches it (`try { await import('optional') } catch {}`).
 */
export function noteFailure(error: unknown, site: ImportSite): void {
  if (typeof error === 'object' && error !== null && !failures.has(error)) failures.set(error, site);
}

export function failedImport(error: unknown): ImportSite | undefined {
  return typeof error === 'object' && error !== null ? failures.get(error) : undefined;
}

/** Where in a file an import is written: the place of the quoted name. */
export function findImport(text: string, specifier: string): { line: number; column: number } | undefined {
  const name = specifier.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = new RegExp(`(?:\\bfrom\\s*|\\bimport\\s*\\(?\\s*|\\brequire\\s*\\(\\s*)(?=(['"\`])${name}\\1)`, 'g');
  for (const match of text.matchAll(written)) {
    const before = text.slice(0, match.index + match[0].length).split(/\r\n|[\n\r\u2028\u2029]/);
    const startOfLine = before.at(-1) ?? '';
    const isComment = /^\s*(?:\/\/|\*|\/\*)/.test(startOfLine);
    if (!isComment) return { line: before.length, column: startOfLine.length + 1 };
  }
  return undefined;
}
