import { ExpressionError, MOST_CHARACTERS } from './syntax.ts';

export type Token = {
  /** From 1. */
  readonly column: number;
} & (
  | { readonly kind: 'name' | 'sign'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'end' }
);

const SPACE = /\s+/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy;
const SIGN = /==|!=|<=|>=|&&|\|\||[<>().[\]]/y;

/** @throws ExpressionError */
export function tokensOf(text: string): Token[] {
  if (text.length > MOST_CHARACTERS)
    throw new ExpressionError(`It has ${text.length} characters; the most is ${MOST_CHARACTERS}`, MOST_CHARACTERS + 1);
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  for (;;) {
    take(SPACE);
    const column = at + 1;
    if (at >= text.length) return [...tokens, { kind: 'end', column }];
    const name = take(NAME);
    if (name !== undefined) {
      tokens.push({ kind: 'name', text: name, column });
      continue;
    }
    const digits = take(NUMBER);
    if (digits !== undefined) {
      tokens.push({ kind: 'number', value: finite(Number(digits) + 0, column), column });
      continue;
    }
    const quoted = take(TEXT);
    if (quoted !== undefined) {
      tokens.push({ kind: 'text', value: unquoted(quoted, column), column });
      continue;
    }
    const sign = take(SIGN);
    if (sign === undefined) throw unknownSign(text, at);
    tokens.push({ kind: 'sign', text: sign, column });
  }
}

function finite(value: number, column: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError('This number is too large', column);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** As in JSON, and with single quotes, too. */
function unquoted(quoted: string, column: number): string {
  return quoted.slice(1, -1).replaceAll(/\\(u[\da-fA-F]{4}|.)/gsu, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u') throw new ExpressionError('After \\u there must be four hexadecimal digits', column);
    return ESCAPES[escaped] ?? escaped;
  });
}

function unknownSign(text: string, at: number): ExpressionError {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (sign === '"' || sign === "'")
    return new ExpressionError(`The text that begins here has no end: ${sign} is missing`, at + 1);
  if (sign === '=') return new ExpressionError('To compare, write == instead of =', at + 1);
  if (sign === '!') return new ExpressionError('Write “not” instead of !', at + 1);
  if (sign === '-')
    return new ExpressionError('A name with a - in it stands in brackets: item["release-date"]', at + 1);
  return new ExpressionError(`“${sign}” has no meaning here`, at + 1);
}
