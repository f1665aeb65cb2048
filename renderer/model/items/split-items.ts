/** Where an item stands in the text of a list: from `from` to before `to`. */
export interface ItemSpan {
  readonly from: number;
  readonly to: number;
}

const code = (character: string) => character.charCodeAt(0);
const [QUOTE, COMMA] = [code('"'), code(',')];
const OPENING = new Set(['[', '{', '('].map(code));
const CLOSING = new Set([']', '}', ')'].map(code));
const SPACE = new Set([' ', '\n', '\r', '\t'].map(code));

/**
 * Where each item stands in the text of a list (common/value-text.ts), found without reading what the items say: a batch may
 * have 100,000. Of a text that was cut off, the whole ones. Undefined where it is no list.
 */
export function splitItems(text: string): readonly ItemSpan[] | undefined {
  const open = text.search(/\S/);
  if (text[open] !== '[') return undefined;
  const spans: ItemSpan[] = [];
  let depth = 0;
  let from = -1;
  let to = -1;
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (SPACE.has(character)) continue;
    const ends = depth === 0 && (character === COMMA || CLOSING.has(character));
    if (ends) {
      if (from >= 0) spans.push({ from, to });
      if (character !== COMMA) return spans;
      from = -1;
      continue;
    }
    if (from < 0) from = at;
    if (character === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return spans;
    } else if (OPENING.has(character)) depth += 1;
    else if (CLOSING.has(character)) depth -= 1;
    to = at + 1;
  }
  return spans;
}

/** Where the closing quote of a text stands; -1 where it was cut off. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return -1;
}
