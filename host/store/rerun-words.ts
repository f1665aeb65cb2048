import { counted, number } from '../../common/format.ts';
import type { SessionLine } from '../../engine/store/run-queries.ts';

type Asked = Pick<
  SessionLine,
  'batches' | 'named' | 'first' | 'isFirstOnly' | 'editsItems' | 'setsAside' | 'takesBack' | 'cells' | 'by'
>;

/** What a re-run was asked to touch: `failed batches`, `batch 17 with edited items`. Who has corrected cells stands beside it. */
export function rerunWords(asked: Asked): string {
  const extra = [
    asked.editsItems === 1 && 'with edited items',
    asked.setsAside === 1 && 'without items that are set aside',
    asked.takesBack === 1 && 'with items taken back in',
    asked.cells !== null &&
      `with ${counted(asked.cells, ['cell', 'cells'])} corrected${asked.by === null ? ' in a file' : ''}`,
  ].filter(word => word !== false);
  return [batchesOf(asked), ...extra].join(' ');
}

function batchesOf({ batches, named, first, isFirstOnly, setsAside, takesBack, cells }: Asked): string {
  const one = isFirstOnly === 1;
  if (batches === 'failed') return one ? 'the first failed batch' : 'failed batches';
  if (batches === 'all') return one ? 'the first batch' : 'all batches';
  if (named === 1 && first !== null) return `batch ${number(first)}`;
  // It names items, which tell their batches.
  if (batches === 'array' && named === 0) return setsAside || takesBack || cells !== null ? 'batches' : 'no batches';
  const chosen = named > 0 ? counted(named, ['chosen batch', 'chosen batches']) : 'chosen batches';
  return one ? `the first of ${chosen}` : chosen;
}
