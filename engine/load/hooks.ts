// What is newer is taken by its module's name: see engine/refuse-old-node.ts.
import nodeModule, { createRequire, isBuiltin } from 'node:module';
import type { LoadFnOutput, LoadHookSync, ResolveFnOutput, ResolveHookContext, ResolveHookSync } from 'node:module';
import { pathToFileURL } from 'node:url';

import { ownFile } from '../own-file.ts';
import { isTypeScript } from './file-types.ts';
import { importSiteOf, noteFailure, noteImport } from './imports.ts';
import { absolutePath, isEngineFile, isLibraryFile, isUserFile, shownPath } from '../paths.ts';
import { checkRegularFile } from '../regular-file.ts';
import { isRelative, resolveMapped, resolveRelative } from './resolve.ts';
import { sha256 } from '../sha256.ts';
import { readSource, type SourceFile } from './sources.ts';
import { transform } from './transform.ts';
import { tsconfigFor } from './tsconfig.ts';

/** The engine that the user's `import … from 'cronflow'` gets; set when the hooks are installed. */
let engine: string | undefined;
const loaded = new Map<string, SourceFile>();
let last: string | undefined;

// A stack keeps 10 frames unless told otherwise, and a library (zod, a database driver) can fill them all.
const stackDepth = 40;

/**
 * Teaches this process to load the user's TypeScript. Call it once, before the user's file is imported. `engineUrl` is the
 * file: URL of the one instance of the engine (its index).
 */
export function installHooks({ engineUrl }: { engineUrl: string }): void {
  if (engine === engineUrl) return;
  if (engine !== undefined) throw new Error(`The hooks are installed for ${engine}; a process has one engine.`);
  if (!engineUrl.startsWith('file:')) throw new Error(`engineUrl must be a file: URL, not ${engineUrl}`);
  engine = engineUrl;
  // Not for libraries: their maps can be big, which costs at the first error, and point at sources that are not installed.
  nodeModule.setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  if (Error.stackTraceLimit < stackDepth) Error.stackTraceLimit = stackDepth;
  nodeModule.registerHooks({ resolve, load });
}

/** The user's own files loaded so far, in the order in which they were loaded; a step's `import()` can add to them. */
export function loadedFiles(): SourceFile[] {
  return [...loaded.values()];
}

/** The file that was loaded last, the user's or a library's. */
export function lastLoaded(): string | undefined {
  return last;
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  // Not by way of nextResolve, which takes a path for `require` and a URL for `import`.
  const own = specifier === 'cronflow' ? engine : oxcHelper(specifier);
  if (own !== undefined) return { url: own, shortCircuit: true };

  const importer = context.parentURL === undefined ? undefined : absolutePath(context.parentURL);
  if (importer === undefined || isEngineFile(importer)) return nextResolve(specifier, context);

  const syntax = isRequired(context) ? 'require' : 'import';
  if (isRelative(specifier) && (isTypeScript(importer) || isUserFile(importer))) {
    const url = resolveRelative(specifier, importer, syntax);
    // Back to Node, which knows the format; for `require` it takes paths only, and asks for no format.
    const found =
      url !== undefined && syntax === 'import' ? nextResolve(url, context) : url && { url, shortCircuit: true };
    if (found) return noted(found, specifier, importer);
  }
  const mapped = isUserFile(importer) ? mappedFile(specifier, importer) : undefined;
  if (mapped !== undefined) {
    const found = syntax === 'import' ? nextResolve(mapped, context) : { url: mapped, shortCircuit: true };
    return noted(found, specifier, importer);
  }
  try {
    return noted(nextResolve(specifier, context), specifier, importer);
  } catch (error) {
    if (isZod(specifier) && isNotFound(error)) return engineCopyOf(specifier, context, nextResolve);
    noteFailure(error, { specifier, importer });
    throw error;
  }
};

/**
 * The address of the file that `paths` or `baseUrl` of a tsconfig.json gives a name. Which file that is depends on the
 * tsconfig.json, so that it is recorded as one of the user's sources.
 */
function mappedFile(specifier: string, importer: string): string | undefined {
  if (isBuiltin(specifier) || isRelative(specifier) || /^(?:[a-z]+:|[/\\])/i.test(specifier)) return undefined;
  const tsconfig = tsconfigFor(importer);
  // One that cannot be read is told when an import leads nowhere: most files run without it.
  if (tsconfig === undefined || 'problem' in tsconfig) return undefined;
  const url = resolveMapped(tsconfig.candidates(specifier), importer);
  if (url !== undefined) readText(tsconfig.path);
  return url;
}

function noted(resolved: ResolveFnOutput, specifier: string, importer: string): ResolveFnOutput {
  noteImport(resolved.url, { specifier, importer });
  return resolved;
}

/** The helpers that transformed decorators import; see helpers/. */
function oxcHelper(specifier: string): string | undefined {
  const name = /^@oxc-project\/runtime\/helpers\/(decorate|decorateMetadata|decorateParam)$/.exec(specifier)?.[1];
  return name === undefined ? undefined : ownFile(`engine/load/helpers/${name}`).href;
}

function isZod(specifier: string): boolean {
  return specifier === 'zod' || specifier.startsWith('zod/');
}

function isNotFound(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

/** For a user who has no zod: workflows may describe their payload with the engine's. */
function engineCopyOf(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: Parameters<ResolveHookSync>[2],
): ResolveFnOutput {
  if (!isRequired(context)) return nextResolve(specifier, { ...context, parentURL: engine });
  // For `require` Node's own resolution looks at the requiring module and not at parentURL.
  const path = createRequire(engine ?? import.meta.url).resolve(specifier);
  return { url: pathToFileURL(path).href, shortCircuit: true };
}

const load: LoadHookSync = (url, context, nextLoad) => {
  try {
    return transformed(url, context.format) ?? nextLoad(url, context);
  } catch (error) {
    const site = importSiteOf(url);
    if (site !== undefined) noteFailure(error, site);
    throw error;
  }
};

/** A TypeScript file as Node can run it; undefined for everything that is Node's to load. Records what is the user's. */
function transformed(url: string, nodeFormat: string | null | undefined): LoadFnOutput | undefined {
  const path = absolutePath(url);
  if (path === undefined || isEngineFile(path) || url === engine) return undefined;
  last = path;
  // Whatever its name is: Node would read a device of any other name than a TypeScript file's without end.
  if (isUserFile(path)) checkRegularFile(path);
  const text = isUserFile(path) || isTypeScript(path) ? readText(path) : undefined;
  if (text === undefined || !isTypeScript(path)) return undefined;
  const { format, source, tsconfig } = transform(path, url, text, nodeFormat);
  if (tsconfig !== undefined && isUserFile(path)) readText(tsconfig);
  return { format, source, shortCircuit: true };
}

/** The texts of the user's files that are loaded in place of what is on disk, by path. */
let stored: ReadonlyMap<string, string> | undefined;

/** Loads a stored version of the user's files: nothing of theirs is read from elsewhere. Call it before the file is loaded. */
export function loadStored(sources: Iterable<{ readonly path: string; readonly text: string }>): void {
  stored = new Map(Array.from(sources, ({ path, text }) => [path, text]));
}

/** @throws when the stored version has no such file, or another text of one that Node would read from the disk */
function storedText(path: string, versions: ReadonlyMap<string, string>): string {
  const text = versions.get(path);
  if (text === undefined) throw new Error(`${shownPath(path)} is not stored with that version.`);
  if (!isTypeScript(path) && readSource(path) !== text)
    throw new Error(
      `${shownPath(path)} has changed since, and is no TypeScript file, of which an older version can be loaded.`,
    );
  return text;
}

/** Reads a source file and, when it is the user's own, records it. Other kinds (.node, .wasm) have no text. */
function readText(path: string): string | undefined {
  if (!/\.(?:[mc]?[jt]s|tsx|json)$/i.test(path)) return undefined;
  const text = stored && !isLibraryFile(path) ? storedText(path, stored) : readSource(path);
  if (!isLibraryFile(path)) loaded.set(path, { path, text, hash: sha256(text) });
  return text;
}

/** Whether `require` asks and not `import`. Node 22 gives the conditions as a Set, newer ones as an array. */
function isRequired({ conditions }: ResolveHookContext): boolean {
  return new Set<string>(conditions).has('require');
}
