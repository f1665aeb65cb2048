import type { Database } from 'better-sqlite3';
import { counted, number } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';
import { setAsideCounts, setAsidePage, type SetAsideLine } from '../../engine/store/set-aside-queries.ts';
import { paint } from './paint.ts';
import type { Titles } from './titles.ts';

/** So many are listed where a run is shown; `cronflow export --set-aside` lists all. */
const SHOWN = 20;
const LONGEST_LABEL = 80;
const LONGEST_REASON = 160;

/** `10 films are set aside:` and which they are. */
export function setAsideText(db: Database, run: number, titles: Titles): string[] {
  const counts = setAsideCounts(db, run);
  const items = counts.reduce((total, count) => total + count.items, 0);
  if (items === 0) return [];
  const unit = titles.unit(counts.map(({ node }) => node));
  const lines = setAsidePage(db, run, { limit: SHOWN });
  const more = items - lines.length;
  return [
    `  ${counted(items, unit)} ${items === 1 ? 'is' : 'are'} set aside:`,
    ...lines.map(line => lineText(line, titles)),
    ...(more > 0 ? [paint('dim', `    … and ${number(more)} more`)] : []),
  ];
}

/** `1941 · position 917, batch #9 · The title is a number, not words.` */
function lineText({ node, batch, item, position, label, error, reason, who }: SetAsideLine, titles: Titles): string {
  const { unit } = titles.batch(node);
  const name = label === undefined ? `${unit[0]} ${number(item)}` : oneLine(label, LONGEST_LABEL);
  const because = reason ?? error?.explain ?? error?.message ?? (who === undefined ? 'by the workflow' : `by ${who}`);
  return `    ${paint('bold', name)} ${paint('dim', `· position ${number(position)}, batch #${batch} ·`)} ${oneLine(because, LONGEST_REASON)}`;
}
