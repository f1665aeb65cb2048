import type { Database } from 'better-sqlite3';
import { waitingText, type Found } from '../../common/findings.ts';
import { counted, number, rangesText } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { currentFindings, findingCounts, nodesWithFindings, type BatchFinding } from '../../engine/store/findings.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { FailedBatchToSearch } from '../../engine/store/searches.ts';
import { itemEvent } from '../../engine/store/item-event.ts';
import { errorOf } from '../../engine/store/json-line.ts';
import type { CliEvent } from './json.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** So many are listed where a run is shown; `cronflow find` lists all. */
const SHOWN = 20;
const LONGEST_LABEL = 80;
const LONGEST_CAUSE = 160;

/** A line of `cronflow find --json`. */
export function findingEvent(finding: BatchFinding): CliEvent {
  const { found, error, others } = finding;
  return itemEvent('item', finding, {
    cause: error.fingerprint,
    error: errorOf(error),
    found,
    ...(others.length > 0 && { others }),
  });
}

/** `10 films are at fault; 490 wait with them.` and who they are. */
export function findingsText(db: Database, run: number, titles: Titles): string[] {
  const { items, waiting } = findingCounts(db, run);
  if (items === 0) return [];
  const unit = titles.unit(nodesWithFindings(db, run));
  const rest = waiting === 0 ? '' : `; ${waitingText({ items, waiting })}`;
  const findings = currentFindings(db, run, { limit: SHOWN });
  const more = items - findings.length;
  return [
    `  ${counted(items, unit)} ${items === 1 ? 'is' : 'are'} at fault${rest}:`,
    ...findings.map(finding => findingLine(finding, titles)),
    ...(more > 0 ? [paint('dim', `    … and ${number(more)} more`)] : []),
  ];
}

/** `1941 · position 917, batch #9 · The title is a number, not words.` */
export function findingLine(finding: BatchFinding, titles: Titles): string {
  const { node, batch, item, position, label, error } = finding;
  const { unit } = titles.batch(node);
  const name = label === undefined ? `${unit[0]} ${number(item)}` : oneLine(label, LONGEST_LABEL);
  const cause = oneLine(error.explain ?? error.message, LONGEST_CAUSE);
  const how = HOW[finding.found](finding);
  return `    ${paint('bold', name)} ${paint('dim', `· position ${number(position)}, batch #${batch} ·`)} ${cause}${how}`;
}

/** More items than this fail, whichever they are: no item is at fault. */
export function limitEvent({ node, index }: FailedBatchToSearch, { items, error }: SearchLimit): CliEvent {
  const batch = { node, batch: index, item: null, position: null, label: null };
  return itemEvent('item', batch, {
    cause: error.fingerprint,
    error: errorOf(error),
    found: 'limit' satisfies Found,
    mostItems: items,
  });
}

export function limitLine({ node, index }: FailedBatchToSearch, { items, error }: SearchLimit, titles: Titles): string {
  const { unit } = titles.batch(node);
  const most = items === 1 ? `More than one ${unit[0]} fails` : `More than ${counted(items, unit)} fail`;
  return `    ${paint('bold', most)} ${paint('dim', `· batch #${index} ·`)} ${oneLine(error.explain ?? error.message, LONGEST_CAUSE)}`;
}

interface SearchLimit {
  readonly items: number;
  readonly error: StoredError;
}

const HOW: Readonly<Record<Exclude<Found, 'limit'>, (finding: BatchFinding) => string>> = {
  marked: () => '',
  probed: () => '',
  together: ({ others }) => ` (only together with #${rangesText(others)} of its batch)`,
  flaky: () => ' (not each time)',
};
