import type { Database } from 'better-sqlite3';
import { duration, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { GLYPH, statusWord, type RunStatus } from '../../common/status.ts';
import { statusNow } from '../../engine/store/run-as-shown.ts';
import { countParts, partOf, partsOf, type PartLine } from '../../engine/store/subflow-queries.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** Those that have not completed are named. */
const MOST_SHOWN = 5;

/** `Part of run 12: its step ship has started it`; nothing for a run that is a part of no other. */
export function partOfText(db: Database, run: number): string[] {
  const part = partOf(db, run);
  return part ? [`  Part of run ${part.run}: its step ${oneLine(part.path, 80)} has started it`] : [];
}

/** `11 completed, 1 failed`, and which have not completed: the runs that the steps of a run have started. */
export function partLines(db: Database, run: number, titles: Titles): string[] {
  const counts = countParts(db, run);
  if (counts.length === 0) return [];
  const inWords = counts.map(({ status, count }) => `${number(count)} ${statusWord(status)}`).join(', ');
  const shown = partsOf(db, run, { limit: MOST_SHOWN })
    .map(part => ({ part, status: statusNow(db, part) }))
    .filter(({ status }) => status !== 'completed');
  return [`  Runs that are a part of it: ${inWords}`, ...shown.map(({ part, status }) => lineOf(part, status, titles))];
}

function lineOf(part: PartLine, status: RunStatus, titles: Titles): string {
  const facts = [
    titles.node(part.path),
    duration(part.activeMs),
    ...(part.isReplaced ? ['another has come in its place'] : []),
  ];
  return `    ${GLYPH[status]} run ${part.run} ${statusWord(status)} ${paint('dim', `· ${facts.join(' · ')}`)}`;
}
