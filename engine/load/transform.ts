import { transformSync } from 'oxc-transform';

export type ModuleFormat = 'module' | 'commonjs';

export function isTypeScript(path: string): boolean {
  return /\.(?:[mc]?ts|tsx)$/i.test(path);
}

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
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
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

/** TypeScript to JavaScript, with a source map at its end. `url` is the module's address, which the map must name. */
export function transform(path: string, url: string, text: string, format: ModuleFormat): string {
  const result = transformSync(path, text, {
    sourcemap: true,
    // Only the types go: what the user wrote in JavaScript runs as written.
    target: 'esnext',
    sourceType: format,
    decorator: { legacy: true },
  });
  const problem = firstProblem(result.errors, text);
  if (problem !== undefined) throw new SourceSyntaxError(path, problem);
  // A source is a URL to whoever reads the map: a path with a `#`, `?` or `%` in it would come back as another one.
  const map = JSON.stringify({ ...result.map, sources: [url] });
  return `${result.code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

/** What is wrong with a plain JavaScript file, and where; Node says what, but for an ES module it does not say where. */
export function problemInJavaScript(path: string, text: string): Problem | undefined {
  const sourceType = /\.cjs$/i.test(path) ? 'commonjs' : 'unambiguous';
  return firstProblem(transformSync(path, text, { lang: 'js', sourceType }).errors, text);
}

/**
 * A .ts file is a module, also in a folder whose package.json says "commonjs": `npm init` writes that without
 * asking. Only a file that uses nothing but CommonJS is CommonJS. A .cts file with `import` in it, which tsc would turn into
 * `require`, is a module too: it would not run otherwise.
 */
export function formatOf(path: string, text: string): ModuleFormat {
  if (/\.mts$/i.test(path)) return 'module';
  if (usesModuleSyntax(text)) return 'module';
  if (/\.cts$/i.test(path)) return 'commonjs';
  return commonJsSyntax.test(text) ? 'commonjs' : 'module';
}

// `import(…)` works in both formats; `import x = require(…)` and `export = x` are TypeScript's names for CommonJS.
const commonJsStatement = /^[ \t]*(?:import\s+\w+\s*=\s*require\b|export\s*=).*/gm;
const moduleSyntax = /^[ \t]*(?:import\b(?!\s*\()|export\b)/m;
const commonJsSyntax = /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w|^[ \t]*export\s*=/m;

function usesModuleSyntax(text: string): boolean {
  return moduleSyntax.test(text.replace(commonJsStatement, ''));
}

interface OxcError {
  severity: string;
  message: string;
  helpMessage: string | null;
  labels: { message: string | null; start: number }[];
}

function firstProblem(errors: OxcError[], text: string): Problem | undefined {
  const error = errors.find((candidate) => candidate.severity === 'Error');
  if (error === undefined) return undefined;
  // Labels also tell of other places: where the bracket was opened, where the name was declared first.
  const label = error.labels.find(({ message }) => !/opened|already/i.test(message ?? ''));
  const opened = error.labels.find(({ message }) => message === 'Opened here');
  const notes = [
    opened && `opened on line ${placeAt(text, opened.start).line}`,
    error.helpMessage,
  ].filter((note) => typeof note === 'string');
  const reason = error.message.replace(/\.$/, '') + (notes.length === 0 ? '' : ` (${notes.join('; ')})`);
  return { reason, ...(label === undefined ? { line: undefined, column: undefined } : placeAt(text, label.start)) };
}

/** oxc counts bytes of UTF-8; lines and columns are counted in characters, as V8 does. */
function placeAt(text: string, byteOffset: number): { line: number; column: number } {
  const before = Buffer.from(text).subarray(0, byteOffset).toString();
  const lines = before.split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
