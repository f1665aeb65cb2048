import { isPure } from '../../engine/run/probe/purity.ts';
import type { FailedBatchToSearch, SearchSelection } from '../../engine/store/searches.ts';
import type { Problem, RunItem } from '../api/api.ts';
import type { Store } from '../store/store.ts';
import type { CodeOfRun } from '../workspace/code-of-run.ts';

export interface PlainCodeOf {
  readonly store: Store;
  /** The workflow of a run as its file is now. */
  readonly codeOf: (run: RunItem) => Promise<CodeOfRun>;
}

/** The failed batches of a selection, and whether a person has to allow that their steps are executed. */
export async function searchable(
  { store, codeOf }: PlainCodeOf,
  run: number,
  selection: SearchSelection,
): Promise<{ readonly batches: readonly FailedBatchToSearch[]; readonly asks: boolean } | Problem> {
  const { batches, isAllowed } = await store.do('searchable', { run, selection });
  if (batches.length === 0) return { batches, asks: false };
  const code = await codeOf(await store.do('runItem', run));
  if (code.kind === 'missing') return code.problem;
  const isHarmless = code.kind === 'drawn' && batches.every(({ node }) => isPure(code.graph.nodes, node));
  return { batches, asks: !isAllowed && !isHarmless };
}
