import { NotReadableError, readRegularFile } from '../regular-file.ts';
import { randomUUID } from 'node:crypto';
import { moduleRunnerTransformSync, transformSync } from 'oxc-transform';
import { explain } from './explain.ts';
import type { LoadError } from './load-error.ts';
import { sha256 } from '../sha256.ts';
import { isTypeScript } from './file-types.ts';
import { firstProblem, likelyFormats, SourceSyntaxError, type Problem } from './transform.ts';

/** What a file is, as far as its text tells. Finding it out never executes the file. */
export type Look =
  /** It imports the value `cronflow`: it may be loaded, to see which workflows it defines. */
  | { readonly kind: 'workflow' }
  /** It does not, so that it is not to be loaded. */
  | { readonly kind: 'other' }
  /**
   * It does not parse, and seems to be meant as a workflow file. It must not be loaded: Node may see more sense in it
   * than we do.
   */
  | { readonly kind: 'broken'; readonly error: LoadError }
  | { readonly kind: 'unreadable'; readonly cause: unknown };

/** Nobody writes that much by hand; reading a bundle or a file of data would hold up the others. */
const MOST_BYTES = 2_000_000;

export async function lookAtSource(file: string): Promise<Look> {
  try {
    return lookAtText(file, (await readRegularFile(file, MOST_BYTES)).replace(/^\ufeff/, ''));
  } catch (cause) {
    if (cause instanceof NotReadableError) return { kind: 'other' };
    return { kind: 'unreadable', cause };
  }
}

export function lookAtText(file: string, text: string): Look {
  // Most files do not mention it, and are not worth parsing.
  if (!text.includes('cronflow')) return { kind: 'other' };
  let problem: Problem | undefined;
  for (const format of isTypeScript(file) ? likelyFormats(file, text, undefined) : formatsOfJavaScript(file)) {
    const parsed = erased(file, text, format);
    if (typeof parsed === 'string') return { kind: importsCronflow(parsed, format) ? 'workflow' : 'other' };
    problem ??= parsed;
  }
  if (problem === undefined || !/(['"`])cronflow\1/.test(text)) return { kind: 'other' };
  const source = { path: file, text, hash: sha256(text) };
  return { kind: 'broken', error: explain(new SourceSyntaxError(file, problem), file, [source]) };
}

type Format = 'module' | 'commonjs' | 'unambiguous';

/** Node decides by package.json and by the syntax: whatever could be meant counts. */
function formatsOfJavaScript(file: string): Format[] {
  if (/\.mjs$/i.test(file)) return ['module'];
  return /\.cjs$/i.test(file) ? ['commonjs'] : ['unambiguous', 'commonjs'];
}

/** Stands for the global `require` in transformed code. No file can contain it, in a comment or text either. */
const REQUIRE = `require_${randomUUID().replaceAll('-', '')}`;
const REQUIRES_CRONFLOW = new RegExp(`\\b${REQUIRE}\\(\\s*["'\`]cronflow["'\`]\\s*\\)`);

/** The code without its types, and so without imports that are used as types only: what the loader would execute. */
function erased(file: string, text: string, sourceType: Format): string | Problem {
  const { code, errors } = transformSync(file, text, {
    target: 'esnext',
    sourceType,
    decorator: { legacy: true },
    define: { require: REQUIRE },
  });
  return firstProblem(errors, text) ?? code;
}

/** By the parsed code: `import`, `export … from`, `import()` with a literal, and a call of the global `require`. */
function importsCronflow(code: string, format: Format): boolean {
  const name = { module: 'erased.mjs', commonjs: 'erased.cjs', unambiguous: 'erased.js' }[format];
  const { deps, dynamicDeps } = moduleRunnerTransformSync(name, code);
  return deps.includes('cronflow') || dynamicDeps.includes('cronflow') || REQUIRES_CRONFLOW.test(code);
}
