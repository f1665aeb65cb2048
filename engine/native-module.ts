import { fileURLToPath } from 'node:url';

/*
 * Two of our packages have a compiled part: better-sqlite3, which reads and writes stores, and oxc-transform, which reads
 * TypeScript. An installation can be without it, or have that of another Node or system: --omit=optional, a node_modules
 * that was copied from elsewhere, a package that is compiled here for another Node.
 */

const PURPOSE: Readonly<Record<string, string>> = {
  'better-sqlite3': 'reads and writes stores',
  'oxc-transform': 'reads TypeScript',
};

/** A compiled part of ours cannot be loaded. The message says what to do. */
export class NativeModuleError extends Error {
  override readonly name = 'NativeModuleError';

  constructor(module: string, reason: string, cause: unknown) {
    super(
      `${module}, which ${PURPOSE[module]}, cannot be loaded by Node ${process.versions.node} on ${process.platform}-` +
        `${process.arch}: ${reason}. ${nextStep()}`,
      { cause },
    );
  }
}

/** What an error says of a compiled part of ours; undefined for an error that is about something else. */
export function nativeModuleError(error: unknown): NativeModuleError | undefined {
  if (error instanceof NativeModuleError) return error;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  const text = `${error.message}\n${error.stack ?? ''}`;
  const module = Object.keys(PURPOSE).find(name => text.includes(name) || text.includes(name.replace('-', '_')));
  if (module === undefined) return undefined;
  if (code === 'ERR_DLOPEN_FAILED' || /^The module [^]*NODE_MODULE_VERSION/.test(error.message))
    return new NativeModuleError(module, reasonOf(error.message), error);
  if (/^Cannot find native binding|^Failed to load native binding/.test(error.message))
    return new NativeModuleError(module, innermost(error), error);
  // Of what the package requires, or the package itself; a workflow's own missing import is told by the loader.
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  const named = /Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1] ?? '';
  return isMissing && (named === module || named.endsWith('.node'))
    ? new NativeModuleError(module, `${named} is not there`, error)
    : undefined;
}

/** Node's message in one line, without its advice, which is for whoever wrote the package. */
function reasonOf(message: string): string {
  const [made, needed] = [...message.matchAll(/NODE_MODULE_VERSION (\d+)/g)].map(match => match[1]);
  if (made !== undefined && needed !== undefined)
    return `it was compiled for another Node (NODE_MODULE_VERSION ${made}; this one needs ${needed})`;
  return message.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}

/** oxc names what it tried, one cause in the other. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : reasonOf(error.message);
}

function nextStep(): string {
  const folder = installationOf(fileURLToPath(import.meta.url));
  if (folder.includes('app.asar')) return 'Install Cronflow Studio again.';
  return `Install its packages again, with this Node: npm install --prefix ${JSON.stringify(folder)}`;
}

/** The folder in whose node_modules we are installed, or our checkout. */
function installationOf(ownPath: string): string {
  const modules = ownPath.lastIndexOf('node_modules');
  if (modules >= 0) return ownPath.slice(0, modules - 1);
  return ownPath.replace(/[\\/](?:dist[\\/]bundled|(?:dist[\\/])?engine)[\\/][^\\/]+$/, '');
}
