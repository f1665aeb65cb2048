import type { Database, Statement } from 'better-sqlite3';
import { elementsOf, wholeText, type ArrayPages } from './array-pages.ts';
import { decode, UNDEFINED_TEXT, UnreadableError } from './codec.ts';
import { preparedColumn } from './prepared-queries.ts';

/*
 * What a step puts out stands in its row, in the codec's text. Of a large array, the row says only where its pages are:
 * `@` and JSON, which no text of the codec begins with. The output of a run says the same of the step that it is the output of.
 */

const MARK = '@';

/** What stands in the place of an output in pages. */
interface Reference {
  /** The `seq` of the attempt whose output it is. */
  readonly at: number;
  readonly pages: number;
  /** UTF-8 bytes of the text. */
  readonly bytes: number;
}

/** No reference is longer: of a longer text, SQLite need not read the beginning. */
const LONGEST_REFERENCE = 80;

/** SQL: whether an output stands in pages; null where there is none. Only short ones are read for that. */
export function outputIsInPages(column: string): string {
  return `(octet_length(${column}) <= ${LONGEST_REFERENCE} and ${column} glob '${MARK}*')`;
}

/** SQL: the UTF-8 bytes of an output. */
export function outputBytes(column: string): string {
  return `iif(${outputIsInPages(column)}, substr(${column}, 2) ->> '$.bytes', octet_length(${column}))`;
}

/** SQL: the same, and null where a step has returned nothing. */
export function outputBytesShown(column: string): string {
  const isNothing = `octet_length(${column}) = ${UNDEFINED_TEXT.length} and ${column} = '${UNDEFINED_TEXT}'`;
  return `iif(${isNothing}, null, ${outputBytes(column)})`;
}

/** Whether an output stands in pages. @param stored What its row has */
export function isInPages(stored: string): boolean {
  return stored.startsWith(MARK);
}

/** The text of an output, whatever its size. @param stored What its row has */
export function outputTextOf(db: Database, run: number, stored: string): string {
  return isInPages(stored) ? wholeText(pagesOf(db, run, stored)) : stored;
}

/** An output itself. Of one in pages, no more than a page of its text is in memory. @param stored What its row has */
export function decodeOutput(db: Database, run: number, stored: string): unknown {
  if (!isInPages(stored)) return decode(stored);
  try {
    return elementsOf(pagesOf(db, run, stored));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnreadableError(DAMAGED, { cause: error });
    throw error;
  }
}

const DAMAGED = 'The pages of an output are not in the form in which they were written.';

/** @throws UnreadableError when one is missing */
function* pagesOf(db: Database, run: number, stored: string): Generator<string, void> {
  const { at, pages } = referenceOf(stored);
  const read = preparedColumn<[number, number, number], string>(
    db,
    'select text from output_pages where run = ? and at = ? and page = ?',
  );
  // One after the other: while a statement gives rows, others may not write.
  for (let page = 0; page < pages; page++) {
    const text = read.get(run, at, page);
    if (text === undefined) throw new UnreadableError(DAMAGED);
    yield text;
  }
}

function referenceOf(stored: string): Reference {
  const { at, pages, bytes } = parsed(stored.slice(MARK.length));
  if (typeof at === 'number' && typeof pages === 'number' && typeof bytes === 'number') return { at, pages, bytes };
  throw new UnreadableError(DAMAGED);
}

function parsed(json: string): Partial<Reference> {
  try {
    return JSON.parse(json) as Partial<Reference>;
  } catch (error) {
    throw new UnreadableError(DAMAGED, { cause: error });
  }
}

/** Writes the pages of outputs of a run. */
export class OutputPageWriter {
  readonly #run: number;
  readonly #page: Statement;

  constructor(db: Database, run: number) {
    this.#run = run;
    this.#page = db.prepare('insert into output_pages (run, at, page, text) values (?, ?, ?, ?)');
  }

  /** @returns what the row of the attempt is to have */
  write(at: number, { pages, bytes }: ArrayPages): string {
    pages.forEach((text, page) => this.#page.run(this.#run, at, page, text));
    return MARK + JSON.stringify({ at, pages: pages.length, bytes } satisfies Reference);
  }
}
