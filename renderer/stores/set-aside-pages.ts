import type { Args, SetAsideRow } from '../../host/api/api.ts';
import { api } from './host.ts';

/** The host reads no more rows at a time. */
const ROWS = 1000;
/** Lines hold whole items. */
const LINES = 200;

type Key = Args<'getSetAside'>['after'];

/** The first items that are set aside of a run: page after page, each from the last item of the one before. */
export async function firstSetAside(
  run: number,
  count: number,
): Promise<{ readonly items: readonly SetAsideRow[]; readonly total: number }> {
  const all: SetAsideRow[] = [];
  for (;;) {
    const limit = Math.min(ROWS, count - all.length);
    const { items, total } = await api().getSetAside({ run, after: keyOf(all.at(-1)), limit });
    all.push(...items);
    if (items.length < limit || all.length >= count) return { items: all, total };
  }
}

/** All of them as JSON lines. */
export async function setAsideAsLines(run: number): Promise<string[]> {
  const all: string[] = [];
  let after: Key;
  do {
    const page = await api().exportSetAside({ run, after, limit: LINES });
    all.push(...page.lines);
    after = page.last;
  } while (after);
  return all;
}

function keyOf(row: SetAsideRow | undefined): Key {
  return row && { scope: row.scope, item: row.item };
}
