import { ago, clock } from '../../common/format.ts';
import type { ListedRun, RunItem } from '../../host/api/api.ts';

/** A line of the list of runs: a run, or what those below it share. */
export type RunRow =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'run'; readonly run: ListedRun; readonly isPart?: true };

const DAY_MS = 86_400_000;

/**
 * The pinned runs first, then all by the day on which they began. Both lists are in the order in which they are shown.
 * @param part A run that is open and a part of another one: it stands below that
 */
export function runRows(
  pinned: readonly ListedRun[],
  runs: readonly ListedRun[],
  now: number,
  part?: RunItem,
): RunRow[] {
  const rows: RunRow[] = [];
  const add = (heading: string, run: ListedRun) => {
    if (rows.findLast(row => row.kind === 'heading')?.text !== heading) rows.push({ kind: 'heading', text: heading });
    rows.push({ kind: 'run', run });
    if (part?.partOf === run.run) rows.push({ kind: 'run', run: part, isPart: true });
  };
  for (const run of pinned) add('Pinned', run);
  const isPinned = new Set(pinned.map(({ run }) => run));
  let day = '';
  for (const run of runs) {
    if (isPinned.has(run.run)) continue;
    // When a damaged run began cannot be read: it stays beside those of about its number.
    if (run.status !== 'damaged') day = dayOf(run.startedAt, now);
    add(day || 'Today', run);
  }
  return rows;
}

/** Whether a run stands under its day; those of longer ago stand under their month. */
const DAYS_SHOWN = 31;

/** `Today`, `Yesterday`, `Monday`, `3 November`, `October 2025`: the further away, the less exactly, in the reader's time zone. */
export function dayOf(at: number, now: number): string {
  const days = daysBefore(at, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const date = new Date(at);
  if (days < 7) return date.toLocaleDateString('en-GB', { weekday: 'long' });
  if (days < DAYS_SHOWN) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
  return date.toLocaleDateString('en-GB', { month: 'long', year: 'numeric' });
}

/** When a run began, beside the heading that it stands under: `03:00` under a day, else as far away as it is. */
export function startedText(at: number, now: number, isUnderDay: boolean): string {
  return isUnderDay && daysBefore(at, now) < DAYS_SHOWN ? clock(at).slice(0, 5) : ago(at, now);
}

function daysBefore(at: number, now: number): number {
  return Math.round((midnightOf(now) - midnightOf(at)) / DAY_MS);
}

function midnightOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
