import { DEEPEST, ExpressionError, type Comparison, type Expression, type Root } from './syntax.ts';
import { tokensOf, type Token } from './tokens.ts';

/** What a person typed as an expression. @throws ExpressionError, with the column */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  return parser.whole();
}

/** The same, where what is wrong is shown and not thrown. */
export function tryParse(
  text: string,
): { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly error: ExpressionError } {
  try {
    return { ok: true, expression: parseExpression(text) };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, error };
    throw error;
  }
}

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['==', '!=', '<', '<=', '>', '>=']);
const OTHER_WORDS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or' };
const BEGINNINGS = 'item, output, step("…").output, a text in quotes, a number, true, false or null';

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    if (this.#next.kind === 'end') throw new ExpressionError(`Write a path or a comparison: ${BEGINNINGS}`, 1);
    const expression = this.#or();
    const after: Token = this.#peek();
    if (after.kind !== 'end') throw this.#unexpected('and, or, a comparison such as ==, or the end');
    return expression;
  }

  /** As a call, after which the compiler knows nothing of the token before. */
  #peek(): Token {
    return this.#next;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', column: 1 };
  }

  #is(text: string): boolean {
    const next = this.#next;
    return (next.kind === 'name' || next.kind === 'sign') && (next.text === text || OTHER_WORDS[next.text] === text);
  }

  #take(text: string): boolean {
    const is = this.#is(text);
    if (is) this.#at += 1;
    return is;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(`“${text}”`);
  }

  #unexpected(wanted: string): ExpressionError {
    const next = this.#next;
    const found = next.kind === 'end' ? 'it ends' : `it says ${wordsOf(next)}`;
    return new ExpressionError(`Here ${found}; it needs ${wanted}`, next.column);
  }

  /** Nothing a person types is as deep as what would fill the stack. */
  #deeper<T>(parse: () => T): T {
    if (this.#depth >= DEEPEST)
      throw new ExpressionError(`Parentheses and “not” go deeper than ${DEEPEST}`, this.#next.column);
    this.#depth += 1;
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    const parts = [first];
    while (this.#take(kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #not(): Expression {
    if (!this.#take('not')) return this.#comparison();
    return this.#deeper(() => ({ kind: 'not', of: this.#not() }));
  }

  #comparison(): Expression {
    const left = this.#operand();
    const next = this.#next;
    if (next.kind !== 'sign' || !COMPARISONS.has(next.text)) return left;
    this.#at += 1;
    const right = this.#operand();
    if (this.#next.kind === 'sign' && COMPARISONS.has(this.#next.text))
      throw new ExpressionError('Two comparisons in a row: join them with “and”', this.#next.column);
    return { kind: 'comparison', is: next.text as Comparison, left, right };
  }

  #operand(): Expression {
    const next = this.#next;
    switch (next.kind) {
      case 'text':
      case 'number':
        this.#at += 1;
        return { kind: 'literal', value: next.value };
      case 'sign':
        if (!this.#take('(')) break;
        return this.#inParentheses();
      case 'name':
        return this.#named(next.text);
      case 'end':
    }
    throw this.#unexpected(BEGINNINGS);
  }

  #inParentheses(): Expression {
    return this.#deeper(() => {
      const inner = this.#or();
      this.#need(')');
      return inner;
    });
  }

  #named(name: string): Expression {
    switch (name) {
      case 'null':
      case 'true':
      case 'false':
        this.#at += 1;
        return { kind: 'literal', value: name === 'null' ? null : name === 'true' };
      case 'all':
      case 'any':
        this.#at += 1;
        this.#need('(');
        return { kind: name, of: this.#inParentheses() };
      case 'item':
      case 'output':
        this.#at += 1;
        return this.#path({ from: name });
      case 'step':
        return this.#step();
      default:
        throw this.#unexpected(BEGINNINGS);
    }
  }

  #step(): Expression {
    this.#at += 1;
    this.#need('(');
    const next = this.#next;
    if (next.kind !== 'text') throw this.#unexpected('the title or the id of a step, in quotes');
    this.#at += 1;
    this.#need(')');
    this.#need('.');
    this.#need('output');
    return this.#path({ from: 'step', step: next.value });
  }

  #path(root: Root): Expression {
    const keys: (string | number)[] = [];
    for (;;) {
      if (this.#take('.')) {
        const next = this.#next;
        if (next.kind !== 'name') throw this.#unexpected('the name of a field');
        this.#at += 1;
        keys.push(next.text);
      } else if (this.#take('[')) {
        const next = this.#next;
        if (next.kind !== 'text' && next.kind !== 'number')
          throw this.#unexpected('the name of a field in quotes, or a place from 0');
        if (next.kind === 'number' && !(Number.isSafeInteger(next.value) && next.value >= 0))
          throw new ExpressionError('A place in a list is a whole number from 0', next.column);
        this.#at += 1;
        keys.push(next.value);
        this.#need(']');
      } else return { kind: 'path', root, keys };
    }
  }
}

function wordsOf(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'sign':
      return `“${token.text}”`;
    case 'number':
      return String(token.value);
    case 'text':
      return `“${token.value}”`;
    case 'end':
      return 'nothing';
  }
}
