import { number } from '../../common/format.ts';

/*
 * A file that hides values still says what went wrong. A word of a message is shown where it also stands in the code of the
 * workflow, or is one of those that JavaScript itself says; each other one, and each number, is dots of its length.
 */

/** Of the messages of JavaScript and of Node, and the little words around them. */
const COMMON = `
a an and are argument arguments array as at attempt batch be been before boolean but by call called can cannot class constructor
convert could create data date defined did does down during empty end error exceeded expected failed fetch file for found from
function get has have I in index input instance int integer interrupted into invalid is it item items iterable JSON key length limit
limited list long many map maximum message method minimum missing more must name network new no non not null number object of on
once one only open operation optional or out output parameter parse position properties property promise range reached read reading
reason received reference refused rejected request required reset resolve response result returned run schema server service set
setting size socket some stack start state status step stopped string symbol syntax than that the there these this time timed
timeout to token too type undefined unexpected unknown unsupported url use used valid value values was were what when which while
with without write you
`;

/** The longest row of dots: how long a long text is exactly says little more. */
const MOST_DOTS = 12;
const WORD = /[\p{L}\p{N}_$]+/gu;

export class WordMask {
  readonly #known: ReadonlySet<string>;
  readonly #fields = new Map<string, string>();

  /** @param code Texts of the workflow's files. */
  constructor(code: Iterable<string>) {
    const known = new Set(COMMON.match(WORD));
    for (const text of code) for (const word of text.match(WORD) ?? []) known.add(word);
    this.#known = known;
  }

  /** A message without what is not in the code. */
  text(text: string): string {
    return text.replace(WORD, word => (this.#isKnown(word) ? word : '•'.repeat(Math.min(word.length, MOST_DOTS))));
  }

  /** The name of a field: those that the code does not name are numbered, so that they can be told apart. */
  field(name: string): string {
    if ((name.match(WORD) ?? []).every(word => this.#isKnown(word))) return name;
    const before = this.#fields.get(name);
    if (before !== undefined) return before;
    const numbered = `field ${this.#fields.size + 1}`;
    this.#fields.set(name, numbered);
    return numbered;
  }

  /** A value as common/value-text.ts describes it, with what each part of it is and how long, instead of what it says. */
  value(text: string): string {
    return text.replace(PART, (part: string, made?: string, name?: string, colon?: string) => {
      if (made !== undefined) return quoted(made);
      if (name !== undefined && colon !== undefined) return `${JSON.stringify(this.field(unquoted(name)))}${colon}`;
      if (part.startsWith('"')) return quoted(`text, ${number(unquoted(part).length)}`);
      if (part === 'true' || part === 'false') return quoted('true or false');
      const digits = part.replace(/[^0-9]/g, '').length;
      return quoted(`number, ${digits} ${digits === 1 ? 'digit' : 'digits'}`);
    });
  }

  #isKnown(word: string): boolean {
    return !/^\p{N}/u.test(word) && (this.#known.has(word) || this.#known.has(word.toLowerCase()));
  }
}

const STRING = String.raw`"(?:[^"\\]|\\[^])*(?:"|\\?$)`;
/** What was made of a text, as `Date("…")`; the name of a member; a text; a number, or `true`. */
const PART = new RegExp(
  String.raw`([A-Za-z_$][\w$]*)\((?:${STRING}|[^()"]*)(?:\)|$)|(${STRING})(\s*:)|${STRING}|\b(?:true|false)\b|-?\b\d[\w.+-]*`,
  'gu',
);

function quoted(what: string): string {
  return JSON.stringify(`‹${what}›`);
}

/** What is cut off in the middle of an escape is shown without it. */
function unquoted(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1);
  }
}
