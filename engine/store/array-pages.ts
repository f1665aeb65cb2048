/*
 * The JSON of a large array in pieces, so that neither what writes it nor what reads it has all of the text in memory: of an
 * array that a step returns, the text and SQLite's copies of it took 2.6 times the memory of the array (bench/memory.ts).
 */

/** Each page is the JSON of some of the elements: an array by itself. */
export interface ArrayPages {
  readonly pages: readonly string[];
  /** UTF-8 bytes of the text of the whole array. */
  readonly bytes: number;
}

/** An array of fewer elements is one text, however large they are. */
export const FEWEST_ELEMENTS = 64;
/** Up to here a text is one. */
const LONGEST_WHOLE = 1024 * 1024;
/** About how long a page is. */
const PAGE_CHARS = 256 * 1024;
/** Elements of the first page, and how many times as many the next one may have. */
const FIRST_ELEMENTS = 8;
const MOST_GROWTH = 8;
/** No text of V8 is longer: whoever wants the text of all, such as a worker, must get it. */
const MOST_CHARS = 2 ** 29 - 24;

/** What stands before the whole text: see codec.ts. */
const BEFORE = ' [';

/**
 * The JSON of an array of plain data: a text, or pages where that would be long.
 * @throws RangeError when it is longer than a text can be
 */
export function cutArray(array: readonly unknown[]): string | ArrayPages {
  const pages: string[] = [];
  let chars = 0;
  for (let from = 0, count = FIRST_ELEMENTS; from < array.length;) {
    const page = JSON.stringify(array.slice(from, from + count));
    pages.push(page);
    chars += page.length;
    if (chars > MOST_CHARS) throw new RangeError('Invalid string length');
    from += count;
    // As many as are about a page long, going by those before: but the first ones may be far smaller than the others.
    count = Math.max(1, Math.min(count * MOST_GROWTH, Math.floor((count * PAGE_CHARS) / page.length)));
  }
  if (chars <= LONGEST_WHOLE) return wholeText(pages);
  const bytes = pages.reduce((sum, page) => sum + Buffer.byteLength(page), 0);
  // One bracket of each page but the last is a comma in the text, and the other is not there.
  return { pages, bytes: bytes - pages.length + BEFORE.length };
}

/** The text of all elements, as if it had never been cut. */
export function wholeText(pages: Iterable<string>): string {
  return `${BEFORE}${Array.from(pages, page => page.slice(1, -1)).join(',')}]`;
}

/** The array itself. @throws SyntaxError when a page is no JSON */
export function elementsOf(pages: Iterable<string>): unknown[] {
  const all: unknown[] = [];
  for (const page of pages) for (const element of JSON.parse(page) as unknown[]) all.push(element);
  return all;
}
