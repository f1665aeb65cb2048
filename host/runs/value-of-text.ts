import { parseExactJson } from '../../common/exact-json.ts';
import { parseValueText, type TextNode } from '../../common/value-text.ts';

/** The value that a text of host/store/show.ts says. @throws SyntaxError, InexactNumberError */
export function valueOfText(text: string): unknown {
  // Most of it is JSON, which is read many times faster.
  try {
    return parseExactJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return valueOf(parseValueText(text));
}

function valueOf(node: TextNode): unknown {
  switch (node.kind) {
    case 'leaf':
      return node.value;
    case 'list':
      return node.elements.map(valueOf);
    case 'set':
      return new Set(node.elements.map(valueOf));
    case 'map':
      return new Map(node.entries.map(([key, value]) => [valueOf(key), valueOf(value)]));
    case 'object': {
      const members = node.members.map(({ key, value }) => [key, valueOf(value)] as const);
      return node.name === undefined ? Object.fromEntries(members) : errorOf(node.name, new Map(members));
    }
    case 'made':
      return made(node.name, valueOf(node.given));
  }
}

type Make = (given: string) => unknown;
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64')).buffer;

/** What is made of a text. */
const OF_TEXT: Readonly<Record<string, Make>> = {
  Date: text => validDate(text),
  URL: text => new URL(text),
  URLSearchParams: text => new URLSearchParams(text),
  RegExp: text => {
    const [, source, flags] = /^\/([\s\S]*)\/([a-z]*)$/.exec(text) ?? [];
    if (source === undefined) throw new Error('write it as "/pattern/flags"');
    return new RegExp(source, flags);
  },
  Buffer: text => Buffer.from(text, 'base64'),
  ArrayBuffer: bytes,
  DataView: text => new DataView(bytes(text)),
  ...Object.fromEntries(
    [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    ].map(kind => [kind.name, (text: string) => new kind(bytes(text))]),
  ),
};

function validDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new Error('this is no date');
  return date;
}

/** @throws SyntaxError */
function made(name: string, given: unknown): unknown {
  if (name === 'Object') return Object(given) as unknown;
  if (name === 'Date' && Number.isNaN(given)) return new Date(Number.NaN);
  const make = Object.hasOwn(OF_TEXT, name) ? OF_TEXT[name] : undefined;
  if (!make) throw new SyntaxError(`${name}(…) is none of the kinds of values that can be stored.`);
  if (typeof given !== 'string') throw new SyntaxError(`${name}(…) takes a text in quotes.`);
  try {
    return make(given);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`${name}(${JSON.stringify(given).slice(0, 60)}) is not valid: ${reason}`);
  }
}

/** Only to be compared with another one of the kind: the stack is not shown. */
function errorOf(called: string, members: ReadonlyMap<string, unknown>): Error {
  const { message, ...rest } = Object.fromEntries(members);
  return Object.assign(new Error(String(message)), { called, ...rest });
}
