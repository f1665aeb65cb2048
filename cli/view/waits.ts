import type { Database } from 'better-sqlite3';
import { dateAndTime } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { openWaits, type OpenWait } from '../../engine/store/answer-wait.ts';
import { decode } from '../../engine/store/codec.ts';
import { jsonLine } from '../../engine/store/json-line.ts';
import { commandName, storeOption } from '../caller-paths.ts';
import { shellWord } from '../shell-word.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

const MOST_SHOWN = 5;

/** What a run waits for, and how it is answered. */
export function waitLines(db: Database, run: number, store: string, titles: Titles): string[] {
  const waits = openWaits(db, run, MOST_SHOWN + 1);
  return [
    ...waits.slice(0, MOST_SHOWN).flatMap(wait => [...linesOf(wait, titles), ...commandsOf(wait, store)]),
    ...(waits.length > MOST_SHOWN ? ['  … and others, which come when these are answered.'] : []),
  ];
}

function linesOf({ path, kind, event, description, payload, until }: OpenWait, titles: Titles): string[] {
  const deadline = until === null ? '' : ` until ${dateAndTime(until)}`;
  const what =
    kind === 'humanInTheLoop'
      ? `${oneLine(titles.node(path))} waits for approval${deadline}${description === null ? '' : `: ${oneLine(description, 200)}`}`
      : `Waits for the event ${oneLine(event ?? '')}${deadline}`;
  const shown = payload === null || kind === 'waitForEvent' ? undefined : jsonLine(decode(payload));
  return [`  ${what}`, ...(shown === undefined ? [] : [paint('dim', `    ${oneLine(shown, 300)}`)])];
}

function commandsOf({ run, kind, event, token }: OpenWait, store: string): string[] {
  const line = (rest: string) => `    ${paint('bold', `${commandName()} ${rest}${storeOption(store)}`)}`;
  return kind === 'humanInTheLoop'
    ? [line(`approve ${run} ${token}`), line(`reject ${run} ${token} --reason '…'`)]
    : [line(`publish ${shellWord(event ?? '')}`)];
}
