/** Who is told of the end of a run. */
export type NoticeTarget =
  /** A program and its arguments, without a shell. */
  | { readonly kind: 'command'; readonly argv: readonly [program: string, ...args: string[]] }
  | { readonly kind: 'webhook'; readonly url: string };

/** What a person wrote is neither a command nor an address. */
export class NoticeTargetError extends Error {
  override readonly name = 'NoticeTargetError';
}

/**
 * An address that begins with `http://` or `https://`, or a command: words with spaces between them. What stands in single or
 * double quotes is one word, or a part of one, as it is. Nothing else has a meaning. @throws NoticeTargetError
 */
export function parseTarget(given: string): NoticeTarget {
  const text = given.trim();
  if (/^https?:/i.test(text)) {
    const url = URL.parse(text);
    if (!url) throw new NoticeTargetError(`${JSON.stringify(given)} is not an address.`);
    return { kind: 'webhook', url: url.href };
  }
  const [program, ...args] = wordsOf(text);
  if (program === undefined || program === '')
    throw new NoticeTargetError(
      'It is empty. Write a program with its arguments, or an address with http:// or https://.',
    );
  return { kind: 'command', argv: [program, ...args] };
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let rest = text;
  while (rest !== '') {
    const [taken = '', double, single, plain] = /^(?:"([^"]*)"|'([^']*)'|([^\s"']+)|\s+)/.exec(rest) ?? [];
    if (taken === '') throw new NoticeTargetError(`In ${JSON.stringify(text)} a quote is not closed.`);
    const part = double ?? single ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
    rest = rest.slice(taken.length);
  }
  return word === undefined ? words : [...words, word];
}
