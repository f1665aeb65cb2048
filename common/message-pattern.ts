import { VARYING } from './fingerprint.ts';

/** A part of what several messages have in common: a text, or a place in which they differ, with some of what stands there. */
export type MessagePart = { readonly text: string } | { readonly examples: readonly string[] };

const MOST_EXAMPLES = 3;

interface Read {
  /** One more than there are values: each value stands between two. */
  readonly constants: readonly string[];
  readonly values: readonly string[];
}

/** What messages of one cause have in common: they differ in numbers and in quoted values. Each is added once it is met. */
export class MessagePattern {
  #constants: readonly string[] | undefined;
  #values: { readonly first: string; readonly examples: Set<string> }[] = [];
  /** What follows differs in more than values: of long messages only the beginning is the same. */
  #isCut = false;
  #last: string | undefined;

  add(message: string): void {
    if (message === this.#last) return;
    this.#last = message;
    const { constants, values } = read(message);
    if (!this.#constants) {
      this.#constants = constants;
      this.#values = values.map(first => ({ first, examples: new Set([first]) }));
      return;
    }
    const same = this.#constants.findIndex((text, at) => text !== constants[at]);
    const isLonger = same < 0 && constants.length > this.#constants.length && !this.#isCut;
    if (same >= 0) this.#cutAt(same, commonStart(this.#constants[same] ?? '', constants[same] ?? ''));
    this.#isCut ||= isLonger;
    for (const [at, { examples }] of this.#values.entries()) {
      const value = values[at];
      if (value !== undefined && examples.size < MOST_EXAMPLES) examples.add(value);
    }
  }

  /** In order. Without a place in which they differ, it is one text. */
  parts(): MessagePart[] {
    const parts: MessagePart[] = [];
    let text = '';
    const say = (part: MessagePart) => {
      if (text !== '') parts.push({ text });
      text = '';
      parts.push(part);
    };
    for (const [at, constant] of (this.#constants ?? []).entries()) {
      text += constant;
      const value = this.#values[at];
      if (!value) continue;
      if (value.examples.size === 1) text += value.first;
      else say({ examples: [...value.examples] });
    }
    if (this.#isCut) say({ examples: [] });
    if (text !== '') parts.push({ text });
    return parts;
  }

  #cutAt(place: number, start: string): void {
    this.#constants = [...(this.#constants ?? []).slice(0, place), start];
    this.#values.length = Math.min(this.#values.length, place);
    this.#isCut = true;
  }
}

/** `Row … of page 2 has "…"` */
export function patternText(parts: readonly MessagePart[]): string {
  return parts.map(part => ('text' in part ? part.text : '…')).join('');
}

function read(message: string): Read {
  const constants: string[] = [];
  const values: string[] = [];
  let from = 0;
  for (const { 0: part, index } of message.matchAll(VARYING)) {
    // The quotes stand around each of the values.
    const quote = /^\d/.test(part) ? 0 : 1;
    constants.push(message.slice(from, index + quote));
    values.push(part.slice(quote, part.length - quote));
    from = index + part.length - quote;
  }
  return { constants: [...constants, message.slice(from)], values };
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length).toWellFormed();
}
