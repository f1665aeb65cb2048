import { codeFrame, codeFrameOf } from './code-frame.ts';
import { headline, isA, readString } from './describe.ts';
import { explainImport, explainMissingExport, headPlace } from './explain-import.ts';
import { topUserFrame, userFrames } from './frames.ts';
import { lastLoaded } from './hooks.ts';
import { failedImport } from './imports.ts';
import { LoadError } from './load-error.ts';
import { isEngineFile, isLibraryFile, shownLocation } from '../paths.ts';
import { isFile } from './file-types.ts';
import { topLevelAwait, UnsettledError } from './settle.ts';
import { readSource, type SourceFile } from './sources.ts';
import { parseStack } from './stack.ts';
import { problemInJavaScript, SourceSyntaxError, type Problem } from './transform.ts';

const maxReasonLength = 1000;

/** Turns whatever importing a workflow file has thrown into the one error that its author can act on. */
export function explain(error: unknown, entry: string, sources: readonly SourceFile[]): LoadError {
  if (isA(error, UnsettledError)) return explainUnsettled(error.message, entry, sources);
  if (isA(error, SourceSyntaxError)) return explainSyntax(error.file, error, sources, error);
  const site = failedImport(error);
  if (site !== undefined) return explainImport(site, error, entry, sources);
  const missing = explainMissingExport(error, sources);
  if (missing !== undefined) return missing;
  if (isCompileError(error)) return explainCompileError(error, entry, sources);
  return explainThrown(error, entry, sources);
}

function explainUnsettled(reason: string, entry: string, sources: readonly SourceFile[]): LoadError {
  const awaits = sources.flatMap(({ path, text }) => {
    const line = topLevelAwait(text);
    return line === undefined ? [] : [{ file: path, line, codeFrame: codeFrame(text, line) }];
  });
  // With several there is no telling which one it is.
  const place = awaits.length === 1 && awaits[0] !== undefined ? awaits[0] : { file: entry, line: undefined };
  return new LoadError(
    'unsettled',
    `${shownLocation(place.file, place.line)} did not finish loading: a top-level await ${reason}. Await it in a ` +
      `step instead, or see that it ends.`,
    place,
  );
}

function explainSyntax(file: string, problem: Problem, sources: readonly SourceFile[], cause: unknown): LoadError {
  const { line, column, reason } = problem;
  const message = `${shownLocation(file, line, column)} has a syntax error: ${reason}. Correct it, then load the file again.`;
  return new LoadError('syntax', message, {
    file,
    line,
    column,
    codeFrame: codeFrameOf(file, sources, line, column),
    cause,
  });
}

/** Node's module loader could not compile a file; code of the user's can throw a SyntaxError as well (JSON.parse). */
function isCompileError(error: unknown): error is SyntaxError {
  return isA(error, SyntaxError) && thrownIn(error).startsWith('node:internal/modules/');
}

/** V8 names the file of a CommonJS module; an ES module is compiled as soon as it is loaded, so that it is the last one. */
function explainCompileError(error: SyntaxError, entry: string, sources: readonly SourceFile[]): LoadError {
  const file = headPlace(error)?.file ?? lastLoaded() ?? entry;
  const plain = { reason: error.message, line: undefined, column: undefined };
  const isJavaScript = /\.[mc]?js$/i.test(file) && isFile(file);
  const problem = isJavaScript ? problemInJavaScript(file, readSource(file)) : undefined;
  return explainSyntax(file, problem ?? plain, sources, error);
}

function explainThrown(error: unknown, entry: string, sources: readonly SourceFile[]): LoadError {
  const { file, line, column } = topUserFrame(error) ?? userFrames(error)[0] ?? { file: entry };
  const details = { file, line, column, codeFrame: codeFrameOf(file, sources, line, column), cause: error };
  const place = shownLocation(file, line, column);
  const what = sentence(headline(error));
  // The builder's own complaints about a definition say what to do already.
  if (isEngineFile(thrownIn(error)))
    return new LoadError('threw', `${place}: ${sentence(readString(error, 'message') ?? what)}`, details);
  return new LoadError('threw', `${place} threw while it was loaded: ${what} ${nextStep(error, file)}`, details);
}

/** The innermost place in the stack, whoever's it is; '' when the stack has none. */
function thrownIn(error: unknown): string {
  return parseStack(readString(error, 'stack') ?? '', readString(error, 'message'))[0]?.place ?? '';
}

function nextStep(error: unknown, file: string): string {
  const name = /^(__dirname|__filename|require) is not defined/.exec(readString(error, 'message') ?? '')?.[1];
  if (name === 'require') return "A workflow file is an ES module: write `import … from '…'`.";
  if (name !== undefined) return `A workflow file is an ES module: write \`import.meta.${name.slice(2)}\`.`;
  if (isLibraryFile(file)) return 'That is an installed library: see what it needs, or try another version of it.';
  return 'Code outside of steps runs each time the file is loaded: correct it, or move it into a step.';
}

/** Short enough for a message: some errors carry a whole document. */
function sentence(text: string): string {
  const short = text.length <= maxReasonLength ? text : `${text.slice(0, maxReasonLength)}…`;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
