import { SourceMap, type SourceMapPayload } from 'node:module';
import { requireLibrary } from './libraries/require-library.ts';

/** JavaScript and its source map. */
export interface Compiled {
  readonly code: string;
  readonly map: SourceMapPayload | undefined;
}

/** A place in the author's file at which it cannot be compiled; lines and columns begin with 1. */
export class DecoratorError extends Error {
  override readonly name = 'DecoratorError';
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(reason: string, line: number | undefined, column: number | undefined) {
    super(reason);
    this.line = line;
    this.column = column;
  }
}

/** The part of Babel that is used here. */
interface Babel {
  transformSync(
    code: string,
    options: Readonly<Record<string, unknown>>,
  ): { readonly code: string; readonly map: SourceMapPayload };
  readonly decorators: unknown;
}

/**
 * Standard decorators, and `accessor` fields, as what Node runs: neither Node nor oxc has them. The types are gone already.
 *
 * @throws DecoratorError
 */
export function compileDecorators({ code, map }: Compiled, sourceType: 'module' | 'commonjs'): Compiled {
  const { transformSync, decorators } = requireLibrary('babel') as Babel;
  try {
    return transformSync(code, {
      // Nothing of a configuration that the author has for other purposes.
      configFile: false,
      babelrc: false,
      browserslistConfigFile: false,
      sourceType,
      compact: false,
      sourceMaps: true,
      inputSourceMap: map,
      plugins: [[decorators, { version: '2023-11' }]],
    });
  } catch (error) {
    throw inTheAuthorsFile(error, map);
  }
}

function inTheAuthorsFile(error: unknown, map: SourceMapPayload | undefined): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const { loc, reasonCode } = error as { loc?: { line: number; column: number }; reasonCode?: string };
  const entry = loc && map && new SourceMap(map).findEntry(loc.line - 1, loc.column);
  const place = entry !== undefined && 'originalLine' in entry ? entry : undefined;
  return new DecoratorError(
    reasonCode === 'UnsupportedParameterDecorator'
      ? 'Decorators of parameters are not standard: they need "experimentalDecorators": true in tsconfig.json'
      : reasonOf(error.message),
    place && place.originalLine + 1,
    place && place.originalColumn + 1,
  );
}

/** Without the name of the file before it, and without the place and the code after it: those of what oxc has made. */
function reasonOf(message: string): string {
  const [line = message] = message.split('\n');
  return line.replace(/^\S+: /, '').replace(/\.?\s*\(\d+:\d+\)$/, '');
}
