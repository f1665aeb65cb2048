import type { EventOf, ItemAtFault, Problem, Result } from '../../host/api/api.ts';
import { inspect, openDialog } from './actions.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { refreshFindings } from './open-run.ts';
import { studio, type FindRequest } from './studio.ts';

/* Items at fault: looking for them, and going to one. */

/** Looks for the items at fault. Where steps that are not `pure` would be executed for it, that is asked first. */
export async function findItems(request: FindRequest, allow = false): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  try {
    const outcome = await api().findItems({ run, ...request, allow });
    if (!outcome.ok) notice(outcome.problem);
    else if (outcome.value.asks) openDialog({ kind: 'find-items', request });
  } catch (error) {
    notice(error);
  }
}

export function stopFinding(): void {
  const { runId: run } = studio.getState();
  if (run !== undefined) api().stopFinding({ run }).catch(notice);
}

export function onSearch(search: EventOf<'onSearch'>): void {
  const { search: before, runId } = studio.getState();
  if (runId !== search.run) return;
  studio.setState({ search });
  if (before?.batchesDone !== search.batchesDone || before.state !== search.state)
    void refreshFindings(search.run).catch(notice);
  if (search.state !== 'ended' || before?.state === 'ended') return;
  if (search.problem) notice(search.problem);
  // Its file has changed since it was looked at, and its steps are not pure any more.
  else if (search.asks === true) openDialog({ kind: 'find-items', request: {} });
}

/** Tries the items at fault with the code as it is now. */
export async function checkItems(allow = false): Promise<void> {
  const { runId: run } = studio.getState();
  if (run === undefined) return;
  try {
    const outcome = await api().checkItems({ run, allow });
    if (!outcome.ok) notice(outcome.problem);
  } catch (error) {
    notice(error);
  }
}

/* Each resolves with undefined where it has to be asked first, or cannot be done. */

/** What the failing line names for an item. */
export function readValues({ scope, item }: ItemAtFault): Promise<Values | undefined> {
  return answered(run => api().getValues({ run, scope, item }));
}

/** Takes away from an item what its failure does not need. */
export function shrinkItem({ scope, item }: ItemAtFault): Promise<PinnedItem | undefined> {
  return answered(run => api().shrinkItem({ run, scope, item }));
}

/** Whether the code or the data is at fault. */
export function codeOrData({ scope, item }: ItemAtFault): Promise<PinnedItem | undefined> {
  return answered(run => api().getCodeOrData({ run, scope, item }));
}

export function stopShrinking(): void {
  const { runId: run } = studio.getState();
  if (run !== undefined) api().stopShrinking({ run }).catch(notice);
}

/** Writes a test of an item beside the workflow: of all of it, or of what makes it fail. */
export function pinItem({ scope, item }: ItemAtFault, smallest: boolean): Promise<PinnedItem | undefined> {
  return answered(run => api().pinItem({ run, scope, item, smallest }));
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

async function answered<T extends { readonly asks: boolean }>(
  ask: (run: number) => Promise<Answer<T>>,
): Promise<T | undefined> {
  const { runId: run } = studio.getState();
  if (run === undefined) return undefined;
  try {
    const outcome = await ask(run);
    if (outcome.ok && !outcome.value.asks) return outcome.value;
    if (outcome.ok) openDialog({ kind: 'find-items', request: {}, isCheck: true });
    else notice(outcome.problem);
  } catch (error) {
    notice(error);
  }
  return undefined;
}

export type PinnedItem = Extract<Result<'pinItem'>, { ok: true }>['value'];

export type Values = Extract<Result<'getValues'>, { ok: true }>['value'];

export function onCheck(check: EventOf<'onCheck'>): void {
  if (studio.getState().runId === check.run) studio.setState({ check });
}

/** Opens the batch of an item, at the item. */
export function inspectItem({ path, batch, parent, row, scope }: ItemAtFault): void {
  const node = studio.getState().progress?.nodes.find(other => other.path === path)?.node;
  if (node === undefined) return;
  inspect({ kind: 'batch', node, index: batch, ...(parent !== 0 && { parent }) }, 'input');
  studio.setState({ shownItem: { scope, item: row } });
}
