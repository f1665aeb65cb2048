import { runStatusNow } from '../../common/at-rest.ts';
import { hasFailedBatches, type RunTitle } from '../../engine/store/run-queries.ts';
import { countLostUpdates } from '../../engine/store/queries.ts';
import { labelOf, type RunLabel } from '../../engine/store/run-labels.ts';
import { observedRun } from '../../engine/store/run-as-shown.ts';
import type { Database } from 'better-sqlite3';
import type { RunStatus } from '../../common/status.ts';

/*
 * What the filter of the list of runs finds: `run 37`, `films failed`, `lost updates`. A run is found when each word
 * fits it. What has to be read besides its title is read only for words that ask for it.
 */

type Fits = (title: RunTitle, file: string, db: Database, isDamaged: () => boolean) => boolean;

/** @param search The words, in upper or lower case @returns undefined when there are none */
export function runSearch(search: string | undefined): Fits | undefined {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const tests = words.map(testOf);
  return (...look) => tests.every(fits => fits(...look));
}

function testOf(word: string): Fits {
  const number = /^#?(\d+)$/.exec(word)?.[1];
  const begins = (...meant: string[]) => meant.some(one => one.startsWith(word));
  return (title, file, db, isDamaged) =>
    // A number is that of one run: who looks for run 37 does not want run 137, too.
    (number !== undefined && title.run === Number(number)) ||
    ['run', title.name, title.workflow, file].some(text => String(text).toLowerCase().includes(word)) ||
    isInLabel(labelOf(db, title.run), word) ||
    begins(String(statusNow(db, title))) ||
    // Also of runs that completed, because the failures were tolerated.
    (begins('failed') && hasFailedBatches(db, title.run)) ||
    (begins('lost', 'updates') && countLostUpdates(db, title.run) > 0) ||
    (begins('damaged') && isDamaged());
}

function isInLabel({ title, note, pinned }: RunLabel, word: string): boolean {
  return [title, note, pinned && 'pinned'].some(
    text => text !== undefined && text !== false && String(text).toLowerCase().includes(word),
  );
}

/** The status of a run at this moment: one that lost its process without a word is interrupted. */
export function statusNow(db: Database, { run, status }: Pick<RunTitle, 'run' | 'status'>): RunStatus {
  if (status !== 'running') return status;
  return runStatusNow(status, observedRun(db, run)?.live === true);
}
