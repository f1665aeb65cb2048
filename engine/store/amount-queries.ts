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
  readonly amount: string | null;
  readonly unknown: number;
}

const PARTS = ['succeeded', 'failed', 'running', 'waiting', 'cancelled'] as const;
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
  const parts = prepared<[number], PartRow>(
    db,
    `select b.node, b.status, cast(sum(a.amount) as text) as amount, sum(a.amount is null) as unknown
     from batch_amounts a cross join batches b on b.run = a.run and b.scope = a.scope
     where a.run = ? and b.status <> ${BatchStatus.superseded} group by b.node, b.status`,
  ).all(run);
  return totals.map(({ node, path, unit, amount }) => {
    const sums: Record<Part, bigint> = { succeeded: 0n, failed: 0n, running: 0n, waiting: 0n, cancelled: 0n };
    let unknown = 0;
    for (const part of parts.filter(other => other.node === node)) {
      sums[partOf(part.status, live)] += BigInt(part.amount ?? 0);
      unknown += part.unknown;
    }
    const total = BigInt(amount);
    return {
      path,
      unit,
      total: decimalText(total),
      succeeded: decimalText(sums.succeeded),
      failed: decimalText(sums.failed),
      running: decimalText(sums.running),
      waiting: decimalText(sums.waiting),
      cancelled: decimalText(sums.cancelled),
      unknown,
      isBalanced: total === PARTS.reduce((sum, part) => sum + sums[part], 0n),
    };
  });
}

function partOf(status: number, live: boolean): Part {
  const name = batchStatusNow(status, live);
  return PARTS.find(part => part === name) ?? 'waiting';
}
