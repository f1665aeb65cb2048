import type { Database } from 'better-sqlite3';
import { decimalText, type NodeAmounts } from '../../common/amounts.ts';
import { batchStatusNow } from '../../common/at-rest.ts';
import { BatchStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';

interface TotalRow {
  readonly node: number;
  readonly path: string;
  readonly unit: string;
  readonly amount: string;
}

interface PartRow {
  readonly node: number;
  readonly status: number;
  /** Whether they are items that are set aside, and no batches. */
  readonly isItems: number;
  readonly amount: string | null;
  readonly unknown: number;
}

const PARTS = ['succeeded', 'failed', 'setAside', 'running', 'waiting', 'cancelled'] as const;
type Part = (typeof PARTS)[number];

/**
 * What the items of each batch node with a `conserve` come to. Sums come as text: they may be larger than a number is exact.
 * @param live Whether some process works on the run.
 */
export function nodeAmounts(db: Database, run: number, live: boolean): NodeAmounts[] {
  const totals = prepared<[number], TotalRow>(
    db,
    `select t.node, n.path, max(t.unit) as unit, cast(sum(t.amount) as text) as amount
     from amount_totals t join nodes n on n.run = t.run and n.node = t.node where t.run = ? group by t.node order by t.node`,
  ).all(run);
  if (totals.length === 0) return [];
  const parts = prepared<[object], PartRow>(
    db,
    `select b.node, b.status, 0 as isItems, cast(sum(a.amount) as text) as amount, sum(a.amount is null) as unknown
     from batch_amounts a cross join batches b on b.run = a.run and b.scope = a.scope
     where a.run = @run and b.status <> ${BatchStatus.superseded} group by b.node, b.status
     union all
     select b.node, ${BatchStatus.setAside}, 1, cast(sum(s.amount) as text), sum(s.amount is null)
     from set_aside s indexed by set_aside_now cross join batches b on b.run = s.run and b.scope = s.scope
     where s.run = @run and s.until_attempt is null group by b.node`,
  ).all({ run });
  return totals.map(({ node, path, unit, amount }) => {
    const sums: Record<Part, bigint> = {
      succeeded: 0n,
      failed: 0n,
      setAside: 0n,
      running: 0n,
      waiting: 0n,
      cancelled: 0n,
    };
    const unknown = { batches: 0, items: 0 };
    for (const part of parts.filter(other => other.node === node)) {
      sums[partOf(part.status, live)] += BigInt(part.amount ?? 0);
      unknown[part.isItems === 1 ? 'items' : 'batches'] += part.unknown;
    }
    const total = BigInt(amount);
    return {
      path,
      unit,
      total: decimalText(total),
      succeeded: decimalText(sums.succeeded),
      failed: decimalText(sums.failed),
      setAside: decimalText(sums.setAside),
      running: decimalText(sums.running),
      waiting: decimalText(sums.waiting),
      cancelled: decimalText(sums.cancelled),
      unknown: unknown.batches,
      unknownItems: unknown.items,
      isBalanced: total === PARTS.reduce((sum, part) => sum + sums[part], 0n),
    };
  });
}

function partOf(status: number, live: boolean): Part {
  const name = batchStatusNow(status, live);
  return PARTS.find(part => part === name) ?? 'waiting';
}
