import type { Finding } from '../../../common/findings.ts';
import { shortIndex, wholeIndex } from '../../../common/set-aside.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import type { Uncertain } from '../../../common/findings.ts';
import { findItems } from '../../run/probe/find-items.ts';
import type { SearchResult } from '../../run/probe/search-result.ts';
import { NotProbed } from './probe-process.ts';
import type { ProbeProcesses } from './probe-processes.ts';
import type { Problem } from '../protocol.ts';

export interface Budget {
  readonly probes: number;
  readonly ms: number;
}

export const DEFAULT_BUDGET: Budget = { probes: 200, ms: 10_000 };

export interface BatchSearchOptions {
  readonly processes: ProbeProcesses;
  /** The batch. */
  readonly scope: number;
  /** The longest time for one probe. */
  readonly limitMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Items that the body has named as at fault. */
  readonly marked: readonly number[];
  /** Asked before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
  readonly onProgress?: ((soFar: { readonly probes: number; readonly items: number }) => void) | undefined;
}

/** What a search in one batch has come to. */
export interface BatchSearch {
  readonly findings: readonly Finding[];
  readonly probes: number;
  readonly isComplete: boolean;
  readonly limit: { readonly items: number; readonly error: StoredError } | undefined;
  /** Why what was found is not certain, or not all. */
  readonly why: Uncertain | undefined;
  readonly code: string;
}

export type BatchSearchEnd =
  | { readonly kind: 'searched'; readonly search: BatchSearch }
  /** Nobody has allowed to execute the steps. */
  | { readonly kind: 'not-allowed' }
  /** Before anything was executed. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Finds the items at fault of one batch. */
export async function searchBatch(options: BatchSearchOptions): Promise<BatchSearchEnd> {
  const { processes: probes, scope, limitMs } = options;
  try {
    const { items, position, gone, hasControl, isPure, code } = await probes.open(scope, limitMs);
    if (!isPure && !(await options.mayExecute())) return { kind: 'not-allowed' };
    const marked = options.marked.map(item => shortIndex(item, gone));
    const found = await search(probes, items, hasControl, { ...options, marked });
    const findings = (await findingsOf(probes, found)).map(finding => inWholeBatch(finding, position, gone));
    const { limit, isComplete } = found;
    const why = whyUncertain(found);
    return { kind: 'searched', search: { findings, probes: found.probes, isComplete, limit, why, code } };
  } catch (error) {
    if (options.signal.aborted) return { kind: 'stopped' };
    if (error instanceof NotProbed) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}

function whyUncertain({ needsWholeBatch, keepsState, stopsAtEffect }: SearchResult): BatchSearch['why'] {
  if (needsWholeBatch) return 'whole-batch';
  if (keepsState) return 'keeps-state';
  return stopsAtEffect ? 'effect' : undefined;
}

/** A body that keeps something from one probe to the next is searched again, with a process for each probe. */
async function search(
  probes: ProbeProcesses,
  items: number,
  hasControl: boolean,
  { budget, marked, signal, now, onProgress }: BatchSearchOptions,
): Promise<SearchResult> {
  const deadline = now() + budget.ms;
  probes.setDeadline(deadline);
  let before = 0;
  const shared = {
    marked,
    isOver: ({ probes: asked }: SearchResult) => signal.aborted || now() >= deadline || before + asked >= budget.probes,
    onProgress: ({ probes: asked, atFault, flaky, together }: SearchResult) =>
      onProgress?.({ probes: before + asked, items: marked.length + atFault.size + flaky.size + together.length }),
  };
  const inOne = await findItems(items, probes.inOne, {
    ...shared,
    ...(hasControl && { control: probes.control, freshControl: probes.freshControl }),
    fresh: probes.fresh,
  });
  if (!inOne.keepsState || shared.isOver(inOne)) return inOne;
  before = inOne.probes;
  probes.renew();
  const inOwn = await findItems(items, probes.inOwn, shared);
  return { ...inOwn, keepsState: !inOwn.isComplete, probes: before + inOwn.probes };
}

/** Without what is set aside of it the batch is shorter: its items have other indices there. */
function inWholeBatch(finding: FoundItem, position: number, gone: readonly number[]): Finding {
  const item = wholeIndex(finding.item, gone);
  return { ...finding, item, position: position + item, others: finding.others.map(other => wholeIndex(other, gone)) };
}

type FoundItem = Omit<Finding, 'position'>;

async function findingsOf(
  probes: ProbeProcesses,
  { atFault, flaky, together, members }: SearchResult,
): Promise<FoundItem[]> {
  const found = new Map<number, Omit<FoundItem, 'label'>>();
  for (const { items, error } of together) {
    for (const item of items) {
      const others = items.filter(other => other !== item);
      const known = found.get(item)?.others ?? [];
      found.set(item, { item, found: 'together', error, others: [...new Set([...known, ...others])] });
    }
  }
  for (const [item, error] of flaky) found.set(item, { item, found: 'flaky', error, others: [] });
  for (const [item, error] of atFault)
    found.set(item, { item, found: 'probed', error, member: members.get(item), others: [] });
  const all = [...found.values()].toSorted((a, b) => a.item - b.item);
  const labels = await probes.labels(all.map(({ item }) => item));
  return all.map((finding, index) => ({ ...finding, label: labels[index] }));
}
