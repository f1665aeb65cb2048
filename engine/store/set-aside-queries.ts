import type { Database } from 'better-sqlite3';
import type { SetAsideItem } from '../../common/set-aside.ts';
import { batchesAround } from './batch-queries.ts';
import { foundOf } from './findings.ts';
import { parseOptionalError } from './queries.ts';
import { prepared } from './prepared-queries.ts';

/* Items that are set aside, for whoever looks at a run. */

/** One of them, and where its batch stands. */
export interface SetAsideLine extends SetAsideItem {
  readonly scope: number;
  /** Node path. */
  readonly node: string;
  /** The index of its batch among its siblings. */
  readonly batch: number;
  /** The batches and rounds that its batch stands in, outermost first. */
  readonly around: readonly { readonly node: string; readonly index: number }[];
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The item, in the codec's text. */
  readonly value: string;
}

interface Row {
  readonly scope: number;
  readonly path: string;
  readonly idx: number;
  readonly parent: number;
  readonly item: number;
  readonly position: number;
  readonly label: string | null;
  readonly value: string;
  readonly found: string | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly who: string | null;
  readonly at: number;
}

const FROM = `from set_aside s indexed by set_aside_now cross join batches b on b.run = s.run and b.scope = s.scope
   join nodes n on n.run = b.run and n.node = b.node
  where s.run = @run and s.until_attempt is null and (@node is null or n.path = @node)`;

/** What is set aside of a run, in the order of the batches; of all batch nodes, or of one by its path. */
export function* setAsideLines(db: Database, run: number, node?: string): Generator<SetAsideLine, void> {
  const limit = 500;
  for (let after: SetAsideKey | undefined; ;) {
    const lines = setAsidePage(db, run, { node, after, limit });
    yield* lines;
    after = lines.at(-1);
    if (!after || lines.length < limit) return;
  }
}

/** Where an item stands in the order of all that are set aside. */
export type SetAsideKey = Pick<SetAsideLine, 'scope' | 'item'>;

export interface SetAsidePage {
  /** Path of a batch node; without it, of all. */
  readonly node?: string | undefined;
  /**
   * Goes on from this item, which may be gone by now. Not from a number of items: those that come or go between two pages
   * would be lost or come twice, and each page would read all before it once more.
   */
  readonly after?: SetAsideKey | undefined;
  readonly limit: number;
}

export function setAsidePage(
  db: Database,
  run: number,
  { node, after = { scope: 0, item: -1 }, limit }: SetAsidePage,
): SetAsideLine[] {
  return prepared<[object], Row>(
    db,
    `select s.scope, n.path, b.idx, b.parent, s.item, s.position, s.label, s.value, s.found, s.error, s.reason, s.who, s.at
     ${FROM} and (s.scope, s.item) > (@scope, @item) order by s.scope, s.item limit @limit`,
  )
    .all({ run, node: node ?? null, scope: after.scope, item: after.item, limit })
    .map(row => lineOf(db, run, row));
}

/** How many items are set aside, of each batch node that has some. */
export function setAsideCounts(db: Database, run: number): { readonly node: string; readonly items: number }[] {
  return prepared<[object], { node: string; items: number }>(
    db,
    `select n.path as node, count(*) as items ${FROM} group by n.node order by n.node`,
  ).all({ run, node: null });
}

function lineOf(db: Database, run: number, row: Row): SetAsideLine {
  const { scope, path, idx, parent, item, position, label, value, found, error, reason, who, at } = row;
  return {
    ...{ scope, node: path, batch: idx, item, position, value, at },
    around: parent === 0 ? [] : batchesAround(db, run, scope).map(outer => ({ node: outer.path, index: outer.idx })),
    label: label ?? undefined,
    found: found === null ? undefined : foundOf(found),
    error: parseOptionalError(error),
    reason: reason ?? undefined,
    who: who ?? undefined,
  };
}
