import { hasFailedBatches, type RunTitle } from '../../engine/store/run-queries.ts';
import { runsWithLostUpdates } from '../../engine/store/queries.ts';
import { allLabels, type RunLabel } from '../../engine/store/run-labels.ts';
import { statusNow } from '../../engine/store/run-as-shown.ts';
import type { Database } from 'better-sqlite3';

/*
 * What the filter of the list of runs finds: `run 37`, `films failed`, `lost updates`. A run is found when each word
 * fits it. What has to be read besides its title is read only for words that ask for it.
 */

type Fits = (title: RunTitle, file: string, db: Database, isDamaged: () => boolean) => boolean;

/** @param search The words, in upper or lower case @returns undefined when there are none */
export function runSearch(db: Database, search: string | undefined): Fits | undefined {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const rare = { labels: allLabels(db), lostUpdates: runsWithLostUpdates(db) };
  const tests = words.map(word => testOf(word, rare));
  return (...look) => tests.every(fits => fits(...look));
}

/** What few of 100,000 runs have: it is read of all of them at once. */
interface Rare {
  readonly labels: ReadonlyMap<number, RunLabel>;
  readonly lostUpdates: ReadonlySet<number>;
}

function testOf(word: string, { labels, lostUpdates }: Rare): Fits {
  const number = /^#?(\d+)$/.exec(word)?.[1];
  const begins = (...meant: string[]) => meant.some(one => one.startsWith(word));
  // Many runs have the same names.
  const named = new Map<string, boolean>();
  const isNamed = ({ name, workflow }: RunTitle, file: string) => {
    const names = `run\n${name}\n${workflow}\n${file}`;
    const known = named.get(names);
    if (known !== undefined) return known;
    const fits = names.toLowerCase().includes(word);
    named.set(names, fits);
    return fits;
  };
  return (title, file, db, isDamaged) =>
    // A number is that of one run: who looks for run 37 does not want run 137, too.
    (number !== undefined && title.run === Number(number)) ||
    isNamed(title, file) ||
    isInLabel(labels.get(title.run), word) ||
    begins(String(statusNow(db, title))) ||
    // Also of runs that completed, because the failures were tolerated.
    (begins('failed') && hasFailedBatches(db, title.run)) ||
    (begins('lost', 'updates') && lostUpdates.has(title.run)) ||
    (begins('damaged') && isDamaged());
}

function isInLabel({ title, note, pinned }: RunLabel = {}, word: string): boolean {
  return [title, note, pinned && 'pinned'].some(
    text => text !== undefined && text !== false && String(text).toLowerCase().includes(word),
  );
}
