import { isHeld, InexactNumberError } from './exact-json.ts';

/*
 * The text by which stored values are shown and edited: JSON, and beside it what JSON cannot say, as what it is: undefined,
 * NaN, -0, 12n, Date("…"), Map {"key" => 1}, Set {1, 2}, Buffer("…"), TypeError {"message": "…"}. host/store/show.ts writes it.
 */

/** A part of such a text: where it stands, from `from` to before `to`, and what it says. Nothing is executed. */
export type TextNode = Span & (Leaf | List | Members | Entries | Made);

interface Span {
  readonly from: number;
  readonly to: number;
}
interface Leaf {
  readonly kind: 'leaf';
  readonly value: string | number | bigint | boolean | null | undefined;
}
interface List {
  readonly kind: 'list' | 'set';
  readonly elements: readonly TextNode[];
}
/** `name`: the class of an error; undefined of a plain object. */
interface Members {
  readonly kind: 'object';
  readonly name: string | undefined;
  readonly members: readonly { readonly key: string; readonly value: TextNode }[];
}
interface Entries {
  readonly kind: 'map';
  readonly entries: readonly (readonly [TextNode, TextNode])[];
}
/** `Date("…")` */
interface Made {
  readonly kind: 'made';
  readonly name: string;
  readonly given: TextNode;
}

const WORDS: ReadonlyMap<string, Leaf['value']> = new Map<string, Leaf['value']>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|-?\d+n|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?[A-Za-z_$][\w$]*|=>|[[\]{}(),:])/y;
const DEEPEST = 600;

/** @throws SyntaxError when it is no such text, InexactNumberError when a number would be another one */
export function parseValueText(text: string): TextNode {
  return new Parser(text).whole();
}

/** What a text says to those who read it: a date as its text, a big integer by its digits, a map by its keys. */
export function plainValueOf(node: TextNode): unknown {
  switch (node.kind) {
    case 'leaf':
      return typeof node.value === 'bigint' ? String(node.value) : node.value;
    case 'list':
    case 'set':
      return node.elements.map(plainValueOf);
    case 'object':
      return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValueOf(value)]));
    case 'map':
      return Object.fromEntries(node.entries.map(([key, value]) => [String(plainValueOf(key)), plainValueOf(value)]));
    case 'made':
      return plainValueOf(node.given);
  }
}

class Parser {
  readonly #text: string;
  #at = 0;
  /** Where the token read last begins. */
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): TextNode {
    const value = this.#value(0);
    if (this.#text.slice(this.#at).trim() !== '') throw this.#wrong();
    return value;
  }

  #value(depth: number): TextNode {
    if (depth > DEEPEST) throw new SyntaxError('It is nested too deeply.');
    const token = this.#next();
    const from = this.#from;
    const said = this.#said(token, depth);
    return { ...said, from, to: this.#at };
  }

  #said(token: string, depth: number): Leaf | List | Members | Entries | Made {
    if (token === '[') return { kind: 'list', elements: this.#list(']', () => this.#value(depth + 1)) };
    if (token === '{') return { kind: 'object', name: undefined, members: this.#members(depth) };
    if (token.startsWith('"')) return { kind: 'leaf', value: JSON.parse(token) as string };
    if (WORDS.has(token)) return { kind: 'leaf', value: WORDS.get(token) };
    if (/^-?\d+n$/.test(token)) return { kind: 'leaf', value: BigInt(token.slice(0, -1)) };
    if (/^-?\d/.test(token)) return { kind: 'leaf', value: this.#number(token) };
    if (/^[A-Za-z_$]/.test(token)) return this.#named(token, depth);
    throw this.#wrong();
  }

  #named(name: string, depth: number): List | Members | Entries | Made {
    if (this.#peek() === '(') {
      this.#next();
      const given = this.#value(depth + 1);
      this.#expect(')');
      return { kind: 'made', name, given };
    }
    this.#expect('{');
    if (name === 'Set') return { kind: 'set', elements: this.#list('}', () => this.#value(depth + 1)) };
    if (name === 'Map') return { kind: 'map', entries: this.#list('}', () => this.#entry(depth)) };
    return { kind: 'object', name, members: this.#members(depth) };
  }

  #members(depth: number): Members['members'] {
    return this.#list('}', () => {
      const name = this.#next();
      if (!name.startsWith('"')) throw this.#wrong();
      this.#expect(':');
      return { key: JSON.parse(name) as string, value: this.#value(depth + 1) };
    });
  }

  #entry(depth: number): readonly [TextNode, TextNode] {
    const key = this.#value(depth + 1);
    this.#expect('=>');
    return [key, this.#value(depth + 1)];
  }

  #number(token: string): number {
    const value = Number(token);
    if (isHeld(value, token)) return value;
    const whole = /^-?\d+$/.test(token) ? `, or as a big integer: ${token.slice(0, 40)}n` : '';
    throw new InexactNumberError(
      `${token.slice(0, 40)} is larger than a number can hold exactly. Write it as a text: "${token.slice(0, 40)}"${whole}.`,
    );
  }

  #list<T>(end: string, element: () => T): T[] {
    const found: T[] = [];
    if (this.#peek() === end) {
      this.#next();
      return found;
    }
    for (;;) {
      found.push(element());
      const token = this.#next();
      if (token === end) return found;
      if (token !== ',') throw this.#wrong();
    }
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw this.#wrong();
  }

  #peek(): string {
    const before = this.#at;
    const from = this.#from;
    const token = this.#next();
    this.#at = before;
    this.#from = from;
    return token;
  }

  #next(): string {
    TOKEN.lastIndex = this.#at;
    const [all, token] = TOKEN.exec(this.#text) ?? [];
    if (all === undefined || token === undefined) {
      this.#from = this.#at;
      throw this.#wrong();
    }
    this.#from = this.#at + all.length - token.length;
    this.#at += all.length;
    return token;
  }

  #wrong(): SyntaxError {
    const rest = this.#text.slice(this.#from);
    const near = rest.trimStart();
    if (near === '') return new SyntaxError('It ends too early.');
    const line = this.#text.slice(0, this.#from + rest.length - near.length).split('\n').length;
    return new SyntaxError(`Line ${line} is wrong, near ${near.slice(0, 20).split('\n', 1)[0] ?? ''}`);
  }
}
