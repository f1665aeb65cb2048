import type { Database } from 'better-sqlite3';
import { counted, rangesText, type Unit } from '../../common/format.ts';
import { oneLine, safe } from '../../common/safe-text.ts';
import { fieldsText, type StoredError } from '../../common/stored-error.ts';
import { codeFrame } from '../../engine/load/code-frame.ts';
import type { FailureCause } from '../../engine/store/failure-cause.ts';
import { latestSession, sourceOf, type CausePlaces } from '../../engine/store/queries.ts';
import { toCaller } from '../caller-paths.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** A cause of failure: its batches, the error, where these batches are, and the author's lines. */
export function causeLines(cause: FailureCause, places: CausePlaces, titles: Titles, frames: Frames): string[] {
  const { title, part } = titles.batch(cause.path);
  return [
    `  ${paint('red', `✕ ${counted(cause.batches, part)} of ${title}`)}: ${oneLine(cause.message)}${locationOf(cause.at)}`,
    ...(cause.explain === undefined ? [] : [`    ${oneLine(cause.explain)}`]),
    ...fieldLines(cause.fields, cause.batches > 1 ? 'of the first: ' : ''),
    paint('dim', `    ${batchesOf(cause, places, titles)}`),
    ...frames.of(cause.at, places.session),
  ];
}

/** The error of a step outside of batches. */
export function stepLines(error: StoredError, titles: Titles, frames: Frames): string[] {
  const sign = paint('red', `✕ ${error.step === undefined ? '' : `${titles.node(error.step)}: `}`);
  return [
    `  ${sign}${oneLine(error.message)}${locationOf(error.at)}`,
    ...(error.explain === undefined ? [] : [`    ${oneLine(error.explain)}`]),
    ...fieldLines(error.fields),
    ...frames.of(error.at, undefined),
  ];
}

/** What a driver or an HTTP library knows of an error: `code: 23505, table: orders`. */
function fieldLines(fields: StoredError['fields'], of = ''): string[] {
  return fields === undefined ? [] : [paint('dim', `    ${of}${oneLine(fieldsText(fields))}`)];
}

/** `batches #3,7-9`. For batches inside others, those others: inside each of them indices begin at 0 again. */
function batchesOf({ path, batches }: FailureCause, { indices, within }: CausePlaces, titles: Titles): string {
  const named = ([one, many]: Unit, count: number, at: readonly number[]) =>
    `${count === 1 ? one : many} #${rangesText(at)}`;
  if (!within) return named(titles.batch(path).part, batches, indices);
  const { title, part } = titles.batch(within.node);
  return `in ${named(part, within.indices.length, within.indices)} of ${title}`;
}

function locationOf(at: FailureCause['at']): string {
  return at ? ` ${paint('dim', `(${oneLine(toCaller(at.file))}:${at.line})`)}` : '';
}

/** The author's lines as they were when they failed. Each is shown once: several causes often come from one line. */
export class Frames {
  readonly #db: Database;
  readonly #run: number;
  readonly #shown = new Set<string>();

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  of(at: FailureCause['at'], session = latestSession(this.#db, this.#run)): string[] {
    if (!at || session === undefined) return [];
    const location = JSON.stringify([at.file, at.line, session]);
    if (this.#shown.has(location)) return [];
    this.#shown.add(location);
    const source = sourceOf(this.#db, this.#run, session, at.file);
    return source === undefined ? [] : indented(codeFrame(source, at.line, at.column));
  }
}

function indented(frame: string): string[] {
  return safe(frame)
    .split('\n')
    .map(line => `    ${paint(line.startsWith('>') ? 'red' : 'dim', line)}`);
}
