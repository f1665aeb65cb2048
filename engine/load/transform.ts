import { transformSync, type DecoratorOptions } from 'oxc-transform';

import { shownPath } from '../paths.ts';
import { placeAfter } from './lines.ts';
import { compileDecorators, DecoratorError, type Compiled } from './standard-decorators.ts';
import { tsconfigFor } from './tsconfig.ts';

type ModuleFormat = 'module' | 'commonjs';

/**
 * A file of the user's that does not parse. Its stack is the place in that file, so that it can be explained like
 * any other error, also when the file was imported by a running step.
 */
export class SourceSyntaxError extends SyntaxError {
  override readonly name = 'SyntaxError';
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What is wrong, without the place. */
  readonly reason: string;

  constructor(file: string, problem: Problem) {
    const { reason, line, column } = problem;
    const place = [file, line, column].filter(part => part !== undefined).join(':');
    super(`${reason} (${place})`);
    this.file = file;
    this.line = line;
    this.column = column;
    this.reason = reason;
    this.stack = `SyntaxError: ${this.message}\n    at ${place}`;
  }
}

export interface Problem {
  reason: string;
  line: number | undefined;
  column: number | undefined;
}

interface Transformed {
  format: ModuleFormat;
  source: string;
  /** The tsconfig.json that says what the file's decorators mean, where it has any. */
  tsconfig: string | undefined;
}

/**
 * TypeScript to JavaScript, with a source map at its end. `url` is the module's address, which the map must name; `nodeFormat` is
 * the format that Node's own rule has for the file (its package.json).
 */
export function transform(path: string, url: string, text: string, nodeFormat: string | null | undefined): Transformed {
  let problem: Problem = { reason: 'it is neither a module nor CommonJS', line: undefined, column: undefined };
  for (const format of likelyFormats(path, text, nodeFormat)) {
    const result = compile(path, text, format);
    if (!('reason' in result)) return { format, source: withMap(result, url), tsconfig: result.tsconfig };
    problem = result;
  }
  throw new SourceSyntaxError(path, problem);
}

type CompiledFile = Compiled & Pick<Transformed, 'tsconfig'>;

function compile(path: string, text: string, format: ModuleFormat): CompiledFile | Problem {
  const first = withoutTypes(path, text, format, { legacy: true });
  if (first.problem !== undefined) return first.problem;
  const isDecorated = Object.keys(first.helpersUsed).some(helper => /\bdecorate/.test(helper));
  if (!isDecorated && !HAS_ACCESSOR.test(first.code)) return { ...first, tsconfig: undefined };

  const tsconfig = tsconfigFor(path);
  if (tsconfig !== undefined && 'problem' in tsconfig) return unreadable(tsconfig.path, tsconfig.problem);
  const result = tsconfig?.experimentalDecorators
    ? withoutTypes(path, text, format, { legacy: true, emitDecoratorMetadata: tsconfig.emitDecoratorMetadata })
    : withStandardDecorators(path, text, format);
  return result.problem ?? { ...result, tsconfig: tsconfig?.path };
}

/** `accessor name`: part of the standard's decorators, and not known to Node either. */
const HAS_ACCESSOR = /(?:^|[;{}]|\bstatic)\s*accessor\s+[#\w$[]/m;

interface WithoutTypes extends Compiled {
  readonly helpersUsed: Readonly<Record<string, string>>;
  readonly problem: Problem | undefined;
}

/** @param decorator Undefined leaves decorators as they are written. */
function withoutTypes(
  path: string,
  text: string,
  format: ModuleFormat,
  decorator: DecoratorOptions | undefined,
): WithoutTypes {
  const { code, map, errors, helpersUsed } = transformSync(path, text, {
    sourcemap: true,
    // Only the types go: what the user wrote in JavaScript runs as written.
    target: 'esnext',
    sourceType: format,
    ...(decorator === undefined ? {} : { decorator }),
  });
  // As TypeScript `import` is fine in CommonJS, where tsc makes `require` of it; what is left of it here would not run.
  const isLeft = format === 'commonjs' && errors.length === 0;
  const problem = firstProblem(errors, text) ?? (isLeft ? problemInJavaScript('left-over.cjs', code) : undefined);
  return { code, map: map as Compiled['map'], helpersUsed, problem };
}

function withStandardDecorators(
  path: string,
  text: string,
  format: ModuleFormat,
): (Compiled & { problem?: undefined }) | { problem: Problem } {
  const typeless = withoutTypes(path, text, format, undefined);
  if (typeless.problem !== undefined) return { problem: typeless.problem };
  try {
    return compileDecorators(typeless, format);
  } catch (error) {
    if (!(error instanceof DecoratorError)) throw error;
    const { message: reason, line, column } = error;
    return { problem: { reason, line, column } };
  }
}

function unreadable(path: string, problem: string): Problem {
  return {
    reason: `${shownPath(path)}, which says whether its decorators are standard, cannot be read: ${problem}`,
    line: undefined,
    column: undefined,
  };
}

/**
 * A .ts file is a module, also where package.json says "commonjs": `npm init` writes that without asking. It is CommonJS when it
 * looks like it and parses as such, which `import`, `export` and a top-level `await` do not. So is a .cts file; one that
 * has `import` in it, which tsc would turn into `require`, runs as a module: it would not run otherwise.
 */
export function likelyFormats(path: string, text: string, nodeFormat: string | null | undefined): ModuleFormat[] {
  if (/\.cts$/i.test(path)) return ['commonjs', 'module'];
  const isModuleByRule = /\.mts$/i.test(path) || nodeFormat === 'module-typescript';
  const looksLikeCommonJs = /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w|^[ \t]*export\s*=/m.test(text);
  return looksLikeCommonJs && !isModuleByRule ? ['commonjs', 'module'] : ['module'];
}

function withMap({ code, map }: Compiled, url: string): string {
  // A source is a URL to whoever reads the map: a path with a `#`, `?` or `%` in it would come back as another one.
  const encoded = Buffer.from(JSON.stringify({ ...map, sources: [url] })).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}

/** What is wrong with a plain JavaScript file, and where; Node says what, but for an ES module it does not say where. */
export function problemInJavaScript(path: string, text: string): Problem | undefined {
  const sourceType = /\.cjs$/i.test(path) ? 'commonjs' : 'unambiguous';
  return firstProblem(transformSync(path, text, { lang: 'js', sourceType }).errors, text);
}

interface OxcError {
  severity: string;
  message: string;
  helpMessage: string | null;
  labels: { message: string | null; start: number }[];
}

export function firstProblem(errors: OxcError[], text: string): Problem | undefined {
  const error = errors.find(candidate => candidate.severity === 'Error');
  if (error === undefined) return undefined;
  // Labels also tell of other places: where the bracket was opened, where the name was declared first.
  const label = error.labels.find(({ message }) => !/opened|already/i.test(message ?? ''));
  const opened = error.labels.find(({ message }) => message === 'Opened here');
  const notes = [opened && `opened on line ${placeAt(text, opened.start).line}`, error.helpMessage].filter(
    note => typeof note === 'string',
  );
  const reason = error.message.replace(/\.$/, '') + (notes.length === 0 ? '' : ` (${notes.join('; ')})`);
  return { reason, ...(label === undefined ? { line: undefined, column: undefined } : placeAt(text, label.start)) };
}

/** oxc counts bytes of UTF-8; lines and columns are counted in characters, as V8 does. */
function placeAt(text: string, byteOffset: number): { line: number; column: number } {
  return placeAfter(Buffer.from(text).subarray(0, byteOffset).toString());
}
